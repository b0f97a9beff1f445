//! The skill file, and the folder that it lies in.

use std::os::unix::fs::PermissionsExt as _;

use lamassu::planner::skill::{Skill, SkillError, Skills};

use super::scene::ordering;

fn folder() -> (tempfile::TempDir, Skills) {
    let folder = tempfile::tempdir().unwrap();
    let skills = Skills::open(folder.path().join("skills")).unwrap();
    skills.learn("order", vec![ordering("2", (1, "Lapis Blue Mug"))]).unwrap();
    (folder, skills)
}

#[test]
fn a_skill_is_read_as_it_was_written() {
    let (_folder, skills) = folder();
    let skill = skills.read("order").unwrap().skill;
    assert_eq!(Skill::read(&skill.to_string(), "order.skill.toml").unwrap(), skill);
}

#[test]
fn a_file_edited_into_nonsense_is_named_with_its_line() {
    let (_folder, skills) = folder();
    let text = skills.read("order").unwrap().skill.to_string();
    let changes = [
        ("verb = \"fill\"", "verb = \"fulfil\"", "a `fulfil` cannot be done with what is given here"),
        ("demonstrations = 1", "demonstrations = 1\nspeed = 3", "unknown field `speed`"),
        ("{quantity}", "{amount}", "there is no parameter `amount`"),
        ("sites = [", "sites = [\"file:///\", ", "`file:///` is no site"),
        ("kind = \"number\"", "kind = \"integer\"", "there is no kind `integer`"),
        ("goal = \"", "goal = \"{", "is no place"),
    ];
    for (from, to, words) in changes {
        let wrong = Skill::read(&text.replacen(from, to, 1), "order.skill.toml").unwrap_err();
        assert!(matches!(&wrong, SkillError::File { line, .. } if *line > 1), "{wrong}");
        assert!(wrong.to_string().contains(words), "{wrong}");
    }
}

#[test]
fn a_file_of_another_version_is_refused() {
    let (_folder, skills) = folder();
    let text = skills.read("order").unwrap().skill.to_string();
    let wrong = Skill::read(&text.replace("version = 1", "version = 9"), "order.skill.toml").unwrap_err();
    assert!(matches!(wrong, SkillError::Version { .. }), "{wrong}");
}

#[test]
fn a_damaged_adapter_is_left_out_with_a_note() {
    let (folder, skills) = folder();
    assert!(skills.read("order").unwrap().adapter.is_some());
    let path = folder.path().join("skills/order.adapter");
    let text = std::fs::read_to_string(&path).unwrap().replacen("0.0", "0.5", 1);
    std::fs::write(&path, text).unwrap();
    let kept = skills.read("order").unwrap();
    let note = "what demonstrations of `order` taught is left out: it is damaged";
    assert_eq!((kept.adapter, kept.note.as_deref()), (None, Some(note)));
}

#[test]
fn only_their_owner_reads_skills_and_demonstrations() {
    let (folder, _) = folder();
    let mode = |path: &str| std::fs::metadata(folder.path().join(path)).unwrap().permissions().mode() & 0o777;
    let modes = ["skills", "skills/order.skill.toml", "skills/order.demos", "skills/order.demos/1.json"].map(mode);
    assert_eq!(modes, [0o700, 0o600, 0o700, 0o600]);
}

#[test]
fn what_is_forgotten_is_gone() {
    let (folder, skills) = folder();
    skills.forget("order").unwrap();
    let left = std::fs::read_dir(folder.path().join("skills")).unwrap().count();
    assert_eq!((skills.names().unwrap(), left), (Vec::new(), 0));
    assert!(matches!(skills.forget("order"), Err(SkillError::Unknown { .. })));
}

#[test]
fn names_lead_nowhere_else() {
    let (_folder, skills) = folder();
    for name in ["../order", "", "a/b", "ö"] {
        assert_eq!(skills.read(name).unwrap_err(), SkillError::Name(name.to_owned()));
    }
}

#[test]
fn a_skill_is_given_to_somebody_else_without_what_was_typed() {
    let (_folder, skills) = folder();
    let parcel = skills.parcel("order").unwrap();
    assert!(parcel.demonstrations.is_empty());
    assert_eq!(skills.unpack(&parcel, "a file"), Err(SkillError::Exists("order".to_owned())));
    let other = tempfile::tempdir().unwrap();
    let theirs = Skills::open(other.path()).unwrap();
    assert_eq!(theirs.unpack(&parcel, "a file").unwrap(), theirs.read("order").unwrap().skill);
}
