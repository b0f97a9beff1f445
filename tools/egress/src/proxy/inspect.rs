//! The authority that opens TLS: made for one proxy, trusted by one browser, gone with both.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose, PublicKeyData,
};
use rustls::{
    ServerConfig,
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, PrivateKeyDer},
    server::{ClientHello, ResolvesServerCert},
    sign::{CertifiedKey, SigningKey},
};
use sha2::{Digest as _, Sha256};
use time::{Duration, OffsetDateTime};

use super::{options::ProxyError, site::Site};

/// How long a certificate is good for. No browser of ours lives longer.
const LIFE: Duration = Duration::days(7);
/// How far the clock of a browser may lag behind.
const LAG: Duration = Duration::hours(1);
/// For how many hosts certificates are kept.
const MOST: usize = 1024;

/// Vouches for any host, to whoever was told to trust it. Its keys never leave memory.
pub(super) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    spki: String,
    provider: Arc<CryptoProvider>,
    leaf: KeyPair,
    signer: Arc<dyn SigningKey>,
    ready: Mutex<HashMap<String, Arc<ServerConfig>>>,
}

impl Authority {
    pub(super) fn new() -> Result<Self, ProxyError> {
        let mut parameters = dated(CertificateParams::default());
        parameters.distinguished_name = named("Lamassu, for this run alone");
        parameters.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let key = KeyPair::generate()?;
        let spki = STANDARD.encode(Sha256::digest(key.subject_public_key_info()));
        // One key serves all hosts: the same process would hold the others too.
        let leaf = KeyPair::generate()?;
        let private = PrivateKeyDer::Pkcs8(leaf.serialize_der().into());
        let provider = ring::default_provider();
        let signer = provider.key_provider.load_private_key(private)?;
        let issuer = CertifiedIssuer::self_signed(parameters, key)?;
        Ok(Self { issuer, spki, provider: Arc::new(provider), leaf, signer, ready: Mutex::default() })
    }

    /// SHA-256 of the authority's SubjectPublicKeyInfo, in base64.
    pub(super) fn spki(&self) -> &str {
        &self.spki
    }

    /// TLS as the host of `site` would speak it, with a certificate for exactly that host.
    pub(super) fn config(&self, site: &Site) -> Result<Arc<ServerConfig>, ProxyError> {
        let name = site.name();
        if let Some(config) = self.ready.lock().unwrap_or_else(PoisonError::into_inner).get(&name) {
            return Ok(Arc::clone(config));
        }
        let chain = vec![self.certificate(&name)?, self.issuer.der().clone()];
        let host = Named { name: name.clone(), key: Arc::new(CertifiedKey::new(chain, Arc::clone(&self.signer))) };
        let mut config = ServerConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(host));
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        let config = Arc::new(config);
        let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        if ready.len() == MOST {
            ready.clear();
        }
        ready.insert(name, Arc::clone(&config));
        Ok(config)
    }

    fn certificate(&self, name: &str) -> Result<CertificateDer<'static>, ProxyError> {
        let mut parameters = dated(CertificateParams::new([name.to_owned()])?);
        parameters.distinguished_name = named("Lamassu");
        parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        parameters.use_authority_key_identifier_extension = true;
        Ok(parameters.signed_by(&self.leaf, &self.issuer)?.into())
    }
}

fn dated(mut parameters: CertificateParams) -> CertificateParams {
    let now = OffsetDateTime::now_utc();
    parameters.not_before = now - LAG;
    parameters.not_after = now + LIFE;
    parameters
}

fn named(name: &str) -> DistinguishedName {
    let mut names = DistinguishedName::new();
    names.push(DnType::CommonName, name);
    names
}

/// The certificate of one host, shown to nobody who asks for another.
#[derive(Debug)]
struct Named {
    name: String,
    key: Arc<CertifiedKey>,
}

impl ResolvesServerCert for Named {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        // Nobody asks for an address by name, so no name is as good as the right one.
        let same = hello.server_name().is_none_or(|name| name.eq_ignore_ascii_case(&self.name));
        same.then(|| Arc::clone(&self.key))
    }
}
