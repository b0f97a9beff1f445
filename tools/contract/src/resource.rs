//! What an action touches, in canonical form.

use std::{fmt, net::IpAddr};

use serde::{Deserialize, Serialize};
use url::Url;

/// What an action touches. Minted by tools from what they looked up, never from a planner's text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Resource {
    /// An address, as the URL standard writes it.
    Url(Url),
    /// One address of the network and a port, about to be dialled for `host`.
    Address {
        /// The address itself; mapped forms are unwrapped, see [`Zone::of`].
        ip: IpAddr,
        /// The port.
        port: u16,
        /// The name that resolved to it, or the address as it stood in the URL.
        host: String,
    },
    /// Something on a page.
    Element(Box<Element>),
    /// A file or folder of the workspace.
    File(File),
    /// Anything else: a tool's own kind of thing.
    Thing {
        /// What kind of thing, such as `Weather`.
        kind: String,
        /// Which one.
        id: String,
    },
}

impl Resource {
    /// A tool's own kind of thing.
    #[must_use]
    pub fn thing(kind: &str, id: &str) -> Self {
        Self::Thing { kind: kind.to_owned(), id: id.to_owned() }
    }
}

impl Resource {
    /// The host that an action upon it sends to: that of an address, of a form's target or a link.
    #[must_use]
    pub fn host(&self) -> Option<&str> {
        match self {
            Self::Url(url) => url.host_str(),
            Self::Element(element) => {
                let form = element.form.as_ref().map(|form| &form.action);
                form.or(element.link.as_ref()).unwrap_or(&element.page).host_str()
            }
            Self::Address { .. } | Self::File(_) | Self::Thing { .. } => None,
        }
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url(url) => write!(f, "{url}"),
            Self::Address { ip, port, host } => write!(f, "{host} at {ip} port {port}"),
            Self::Element(element) => write!(f, "{} \"{}\" on {}", element.role, element.name, element.origin),
            Self::File(file) => write!(f, "{}", file.path),
            Self::Thing { kind, id } => write!(f, "{kind} \"{id}\""),
        }
    }
}

/// Something on a page, as it was when it was described.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Element {
    /// The page's address.
    pub page: Url,
    /// The origin of the frame it stands in, such as `https://shop.test`.
    pub origin: String,
    /// The ARIA role.
    pub role: String,
    /// The accessible name.
    pub name: String,
    /// Where a link leads, if it is one.
    pub link: Option<Url>,
    /// The form it belongs to, if any.
    pub form: Option<Form>,
    /// Whether it hides what is typed: a password or one-time-code field.
    pub secret_field: bool,
    /// What is to be typed into it, if it is a field for text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<Field>,
}

/// What a field of a page is for, as the page has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Field {
    /// A password, old or new.
    Password,
    /// A code that is good for once.
    OneTimeCode,
    /// Any other text.
    Text,
}

impl Field {
    /// The name, as policies and task files write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::OneTimeCode => "one-time-code",
            Self::Text => "text",
        }
    }

    /// The kind that `text` names.
    #[must_use]
    pub fn named(text: &str) -> Option<Self> {
        [Self::Password, Self::OneTimeCode, Self::Text].into_iter().find(|field| field.as_str() == text)
    }
}

/// A form's target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Form {
    /// Where it is sent.
    pub action: Url,
    /// `get` or `post`.
    pub method: String,
}

/// A file or folder of the workspace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct File {
    /// The path inside the workspace, with `/` between names and no `.` or `..`.
    pub path: String,
    /// What stands there now.
    pub kind: FileKind,
    /// Its size in bytes.
    pub size: u64,
    /// How many names it has; more than one means that it is also somewhere else.
    pub links: u64,
}

/// What stands at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileKind {
    /// Nothing yet.
    Absent,
    /// A regular file.
    Regular,
    /// A folder.
    Folder,
    /// A link, which is never followed.
    Link,
    /// A device, socket or FIFO.
    Special,
}

impl FileKind {
    /// The lower-case name, as policies write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Regular => "regular",
            Self::Folder => "folder",
            Self::Link => "link",
            Self::Special => "special",
        }
    }
}

/// Which part of the network an address belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Zone {
    /// The public internet.
    Public,
    /// This machine.
    Loopback,
    /// A private network, carrier-grade NAT included.
    Private,
    /// Link-local, where cloud metadata services live.
    LinkLocal,
    /// Everything else: unspecified, multicast, reserved, documentation.
    Reserved,
}

impl Zone {
    /// The zone of `ip`. Addresses that embed an IPv4 address (mapped, compatible, NAT64, 6to4)
    /// are of the zone of what they embed.
    ///
    /// Ranges: the IANA special-purpose address registries for IPv4 and IPv6.
    #[must_use]
    pub fn of(ip: IpAddr) -> Self {
        match ip {
            IpAddr::V4(v4) => Self::of_v4(v4),
            IpAddr::V6(v6) => Self::of_v6(v6),
        }
    }

    /// The lower-case name, as policies write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Loopback => "loopback",
            Self::Private => "private",
            Self::LinkLocal => "link-local",
            Self::Reserved => "reserved",
        }
    }

    fn of_v4(ip: std::net::Ipv4Addr) -> Self {
        match ip.octets() {
            [127, ..] => Self::Loopback,
            [10, ..] | [192, 168, ..] => Self::Private,
            [172, second, ..] if (16..32).contains(&second) => Self::Private,
            [100, second, ..] if (64..128).contains(&second) => Self::Private,
            [169, 254, ..] => Self::LinkLocal,
            [0, ..] | [192, 0, 0 | 2, _] | [198, 18 | 19, ..] | [198, 51, 100, _] | [203, 0, 113, _] => Self::Reserved,
            [192, 88, 99, _] => Self::Reserved,
            [first, ..] if first >= 224 => Self::Reserved,
            _ => Self::Public,
        }
    }

    fn of_v6(ip: std::net::Ipv6Addr) -> Self {
        if ip.is_loopback() {
            return Self::Loopback;
        }
        if ip.is_unspecified() {
            return Self::Reserved;
        }
        let segments = ip.segments();
        let [.., high, low] = segments;
        let tail = || Self::of_v4(std::net::Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)));
        match segments {
            // Mapped, compatible and NAT64 forms.
            [0, 0, 0, 0, 0, 0xffff | 0, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] => tail(),
            [0x2002, one, two, ..] => Self::of_v4(std::net::Ipv4Addr::from((u32::from(one) << 16) | u32::from(two))),
            [first, ..] if first & 0xffc0 == 0xfe80 => Self::LinkLocal,
            [first, ..] if first & 0xfe00 == 0xfc00 || first & 0xffc0 == 0xfec0 => Self::Private,
            [0x2001, second, ..] if second == 0xdb8 || second < 0x200 => Self::Reserved,
            [first, ..] if first & 0xe000 == 0x2000 => Self::Public,
            _ => Self::Reserved,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Zone;

    #[test]
    fn every_disguise_of_a_closed_address_is_seen_through() {
        let zones = [
            ("127.0.0.1", Zone::Loopback),
            ("::1", Zone::Loopback),
            ("::ffff:127.0.0.1", Zone::Loopback),
            ("::127.0.0.1", Zone::Loopback),
            ("64:ff9b::7f00:1", Zone::Loopback),
            ("2002:7f00:1::", Zone::Loopback),
            ("10.1.2.3", Zone::Private),
            ("172.31.0.1", Zone::Private),
            ("100.64.0.1", Zone::Private),
            ("::ffff:192.168.0.1", Zone::Private),
            ("fd00::1", Zone::Private),
            ("169.254.169.254", Zone::LinkLocal),
            ("fe80::1", Zone::LinkLocal),
            ("0.0.0.0", Zone::Reserved),
            ("::", Zone::Reserved),
            ("255.255.255.255", Zone::Reserved),
            ("ff02::1", Zone::Reserved),
            ("2001:db8::1", Zone::Reserved),
            ("93.184.216.34", Zone::Public),
            ("2606:2800:220::1", Zone::Public),
        ];
        let seen = zones.map(|(ip, _)| (ip, Zone::of(ip.parse().unwrap())));
        assert_eq!(seen, zones);
    }
}
