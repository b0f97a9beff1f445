use serde_json::json;

use super::*;
use std::path::Path;

fn parse(text: &str, given: &[(&str, &str)]) -> Result<Task, TaskError> {
    let given = given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Task::parse(text, Path::new("tasks/order.toml"), &given)
}

/// A task with a goal in its first line and `rest` from the second on.
fn task(rest: &str) -> Task {
    parse(&format!("goal = 'a'\n{rest}"), &[]).unwrap()
}

/// A step that signs in, with the secret it uses.
fn calls(steps: &str) -> Vec<Call> {
    let secret = "[secrets.pw]\nenv = 'PW'\nat = ['https://shop.test']\n";
    task(&format!("{secret}{steps}")).steps.into_iter().map(|step| step.call).collect()
}

/// Each text is refused with exactly this first line after the file's name.
fn assert_complaints(cases: &[(&str, &str)]) {
    let complaint = |text: &str| {
        let error = parse(text, &[]).unwrap_err().to_string();
        error.lines().next().unwrap().trim_start_matches("tasks/order.toml").to_owned()
    };
    let seen: Vec<_> = cases.iter().map(|(text, _)| (*text, complaint(text))).collect();
    let expected: Vec<_> = cases.iter().map(|(text, complaint)| (*text, (*complaint).to_owned())).collect();
    assert_eq!(seen, expected);
}

#[test]
fn an_error_shows_the_line_with_the_place_underlined() {
    let error = parse("goal = 'a'\n\n[budget]\n\tsteps = -20 # few\n", &[]).unwrap_err();
    let shown = "\
tasks/order.toml:4:10: `budget.steps`: expected a whole number above 0, found `-20`
  |
4 |  steps = -20 # few
  |          ^^^";
    assert_eq!(error.to_string(), shown);
}

#[test]
fn an_error_in_a_long_line_shows_what_is_around_it_without_control_characters() {
    let text = format!("goal = '{}{{{{b}}}}\u{202e}'", "é".repeat(200));
    let shown = format!(
        "tasks/order.toml:1:209: `goal`: there is no input `b`; none is declared\n  |\n1 | {}{{{{b}}}}\u{fffd}'\n  | {}^^^^^",
        "é".repeat(50),
        " ".repeat(50),
    );
    assert_eq!(parse(&text, &[]).unwrap_err().to_string(), shown);
}

#[test]
fn a_file_that_is_not_toml_says_where() {
    assert_complaints(&[
        ("goal = ", ":1:8: not valid TOML: string values must be quoted, expected literal string"),
        ("goal = \"a", ":1:10: not valid TOML: invalid basic string, expected `\"`"),
        ("goal = 'a'\ngoal = 'b'", ":2:1: not valid TOML: duplicate key"),
    ]);
}

#[test]
fn a_file_nested_too_deeply_is_an_error() {
    let text = format!("goal = 'a'\n[policy]\nsites = {}{}", "[".repeat(10_000), "]".repeat(10_000));
    assert!(parse(&text, &[]).unwrap_err().problem.starts_with("not valid TOML"));
}

#[test]
fn a_file_of_more_than_a_megabyte_is_not_read() {
    let error = parse(&" ".repeat(1_000_001), &[]).unwrap_err();
    assert_eq!(error.to_string(), "tasks/order.toml: the file has 1000001 bytes; at most 1000000 are read");
}

#[test]
fn a_key_that_nobody_reads_is_an_error() {
    assert_complaints(&[
        ("goal = 'a'\nplaner = 'model'", ":2:1: `planer`: unknown key; did you mean `planner`?"),
        ("goal = 'a'\n[budget]\nstops = 3", ":3:1: `budget.stops`: unknown key; did you mean `steps`?"),
        (
            "goal = 'a'\n[budget]\nmoney = 3",
            ":3:9: `budget.money`: expected an amount in quotes with at most six decimals, such as `\"0.50\"`, found `3`",
        ),
        ("goal = 'a'\n[files]\nworkspaces = 'w'", ":3:1: `files.workspaces`: unknown key; did you mean `workspace`?"),
        (
            "goal = 'a'\n[model]\nkey = 'w'",
            ":3:1: `model.key`: unknown key; expected `name`, `base_url`, `answers`, `images`, `roles`, `seconds`, `context`, `key_env`, `price_in`, `price_cached`, `price_out`, `dual` or `then`",
        ),
        (
            "goal = 'a'\n[[steps]]\nopen = { ur = 'https://a.test' }",
            ":3:10: `steps.open.ur`: unknown key; did you mean `url`?",
        ),
    ]);
}

#[test]
fn a_value_of_the_wrong_type_is_an_error() {
    assert_complaints(&[
        ("goal = 3", ":1:8: `goal`: expected text, found `3`"),
        (
            "goal = 'a'\n[model]\ncontext = 800",
            ":3:11: `model.context`: expected at least 1000 tokens, since a page needs so many; found `800`",
        ),
        (
            "goal = 'a'\nautonomy = 'full'",
            ":2:12: `autonomy`: expected `suggest`, `ask`, `guard` or `auto`, found `full`",
        ),
        ("goal = 'a'\nbudget = 4", ":2:10: `budget`: expected a table, found `4`"),
        ("goal = 'a'\nkeep_going = 'no'", ":2:14: `keep_going`: expected `true` or `false`, found text"),
        ("goal = 'a'\n[budget]\nsteps = 0", ":3:9: `budget.steps`: expected a whole number above 0, found `0`"),
        ("goal = 'a'\n[budget]\nsteps = 1.5", ":3:9: `budget.steps`: expected a whole number above 0, found `1.5`"),
        (
            "goal = 'a'\n[budget]\nmoney = '0.0000001'",
            ":3:9: `budget.money`: expected an amount in quotes with at most six decimals, such as `\"0.50\"`, found `0.0000001`",
        ),
        ("goal = 'a'\n[budget]\ntokens = 'x'", ":3:10: `budget.tokens`: expected a whole number above 0, found text"),
        ("goal = 'a'\n[inputs]\nx = [1]", ":3:5: `inputs.x`: expected text or a number, found a list"),
        ("goal = 'a'\n[policy]\nsites = [1]", ":3:10: `policy.sites`: expected text, found `1`"),
        ("goal = 'a'\n[steps]\nclick = 'x'", ":2:1: `steps`: expected a list of tables, found a table"),
        ("goal = 'a'\nsteps = ['click']", ":2:10: `steps`: expected a table, found text"),
    ]);
}

#[test]
fn a_task_needs_a_goal() {
    let missing = ":1:1: `goal`: missing; expected what you want done, such as `goal = \"Order two blue mugs\"`";
    assert_complaints(&[
        ("", missing),
        ("at = 'https://shop.test'", missing),
        ("goal = ' '", ":1:8: `goal`: expected what you want done, found nothing"),
    ]);
}

#[test]
fn an_address_must_be_one_of_the_web() {
    let expected = "expected an address such as `https://shop.test/`, found";
    assert_complaints(&[
        ("goal = 'a'\nat = 'shop.test'", &format!(":2:6: `at`: {expected} `shop.test`: relative URL without a base")),
        ("goal = 'a'\nat = 'file:///etc'", &format!(":2:6: `at`: {expected} `file:///etc`: its scheme is `file`")),
        (
            "goal = 'a'\n[[steps]]\nopen = 'javascript:a'",
            &format!(":3:8: `steps.open`: {expected} `javascript:a`: its scheme is `javascript`"),
        ),
        (
            "goal = 'a'\n[model]\nbase_url = 'x'",
            &format!(":3:12: `model.base_url`: {expected} `x`: relative URL without a base"),
        ),
    ]);
}

#[test]
fn an_input_is_declared_and_has_a_value() {
    let unknown = parse("goal = 'a'\n[inputs]\ncolor = 'blue'", &[("colour", "red")]).unwrap_err();
    let none = parse("goal = 'a'", &[("colour", "red")]).unwrap_err();
    let missing = parse("goal = 'a'\n[inputs]\nproduct = { about = 'what to order' }", &[]).unwrap_err();
    assert_eq!(
        [unknown, none, missing].map(|error| error.to_string()),
        [
            "tasks/order.toml: `inputs`: there is no input `colour`; did you mean `color`?".to_owned(),
            "tasks/order.toml: `inputs`: there is no input `colour`; none is declared".to_owned(),
            "tasks/order.toml:3:1: `inputs.product`: no value was given (what to order) and there is no default; \
             add `--input product=...`\n  |\n3 | product = { about = 'what to order' }\n  | ^^^^^^^"
                .to_owned(),
        ]
    );
}

#[test]
fn a_blank_must_name_an_input() {
    let secret = "a secret cannot be substituted into text; use `secret = \"pw\"` in a `fill` step";
    assert_complaints(&[
        (
            "goal = 'buy {{ siz }} now'\n[inputs]\nsize = 1",
            ":1:13: `goal`: there is no input `siz`; did you mean `size`?",
        ),
        ("goal = 'buy {{'", ":1:13: `goal`: `{{` without `}}`; to write it as it stands, put it in an input"),
        ("goal = 'log in with {{secret.pw}}'", &format!(":1:21: `goal`: {secret}")),
        ("goal = 'a'\n[inputs]\nx = '{{ secret.pw }}'", &format!(":3:5: `inputs.x`: {secret}")),
        ("goal = 'a'\n[[steps]]\nopen = 'https://a.test/?p={{secret.pw}}'", &format!(":3:27: `steps.open`: {secret}")),
        (
            "goal = 'a'\n[policy]\npack = '{{x}}'",
            ":3:8: `policy.pack`: an input cannot be filled in here; write the text itself",
        ),
    ]);
}

#[test]
fn a_step_has_one_known_verb_with_what_it_needs() {
    assert_complaints(&[
        (
            "goal = 'a'\n[[steps]]\nclick = 'x'\nopen = 'y'",
            ":4:1: `steps.open`: a step has one verb, and this one has `click` already; begin another with `[[steps]]`",
        ),
        ("goal = 'a'\n[[steps]]\nclik = 'x'", ":3:1: `steps.clik`: unknown verb; did you mean `click`?"),
        ("goal = 'a'\n[[steps]]\nnote = 'x'", ":2:1: `steps`: a step needs a verb, such as `click = \"...\"`"),
        (
            "goal = 'a'\n[[steps]]\nfill = 'x'",
            ":3:8: `steps.fill`: expected a table with `field` and `with` or `secret`, found text",
        ),
        (
            "goal = 'a'\n[[steps]]\nfill = { field = 'x' }",
            ":3:8: `steps.fill`: expected one of `with` or `secret`, found none",
        ),
        (
            "goal = 'a'\n[[steps]]\nwait = { text = 'x', target = 'y' }",
            ":3:8: `steps.wait`: expected one of `text`, `target` or `address`, found more than one",
        ),
        (
            "goal = 'a'\n[[steps]]\nselect = { field = 'x' }",
            ":3:10: `steps.select`: expected a table with `field` and `option`",
        ),
        ("goal = 'a'\n[[steps]]\nback = 'x'", ":3:8: `steps.back`: expected `true`, found text"),
        (
            "goal = 'a'\n[[steps]]\ntake = {}",
            ":3:8: `steps.take`: expected a pattern, such as `{ order = 'Order ([0-9]+)' }`",
        ),
        (
            "goal = 'a'\n[[steps]]\ncall = { tool = 'x' }",
            ":3:8: `steps.call.verb`: missing; expected the name of a verb",
        ),
        (
            "goal = 'a'\n[[steps]]\npost = { url = 'https://a.test', json = [nan] }",
            ":3:42: `steps.post.json`: expected a finite number, found `nan`",
        ),
    ]);
}

#[test]
fn a_secret_is_declared_with_its_place_and_its_origins() {
    let step = "[[steps]]\nfill = { field = 'x', secret = 'pw' }";
    assert_complaints(&[
        (
            &format!("goal = 'a'\n{step}"),
            ":3:32: `steps.fill.secret`: there is no secret `pw`; declare it as `[secrets.pw]`",
        ),
        (
            &format!("goal = 'a'\n{step}\n[secrets.pv]\nenv = 'B'\nat = ['https://a.test']"),
            ":3:32: `steps.fill.secret`: there is no secret `pw`; did you mean `pv`?",
        ),
        (
            "goal = 'a'\n[secrets.b]\nenv = 'B'\nfile = 'b'\nat = ['https://a.test']",
            ":2:1: `secrets.b`: expected one of `env`, `file` and `keyring`, which says where its value is kept",
        ),
        (
            "goal = 'a'\n[secrets.b]\nenv = 'B'",
            ":2:1: `secrets.b.at`: missing; expected the origins it may be used at, such as `[\"https://shop.test\"]`",
        ),
        (
            "goal = 'a'\n[secrets.b]\nkeyring = 'shop'\nat = ['https://a.test']",
            ":3:11: `secrets.b.keyring`: expected a service and a name such as `shop.test/ann`, found `shop`",
        ),
        (
            "goal = 'a'\n[secrets.b]\nenv = 'B'\nat = ['https://a.test']\nfield = 'pin'",
            ":5:9: `secrets.b.field`: expected `password`, `one-time-code` or `text`, found `pin`",
        ),
        (
            "goal = 'a'\n[secrets.b]\nenv = 'B'\nat = ['https://a.test']\nheader = 'a: b'",
            ":5:10: `secrets.b.header`: expected the name of a header such as `authorization`, found `a: b`",
        ),
        (
            "goal = 'a'\n[secrets.b]\nenv = 'B'\nat = []",
            ":4:6: `secrets.b.at`: expected at least one origin, such as `https://shop.test`",
        ),
        (
            "goal = 'a'\n[secrets.b]\nenv = 'B'\nat = ['https://a.test/x']",
            ":4:7: `secrets.b.at`: expected an origin such as `https://shop.test`, found `https://a.test/x`",
        ),
        (
            "goal = 'a'\n[secrets.'a b']\nenv = 'B'",
            ":2:10: `secrets.a b`: expected a name of letters, digits, `_` and `-`",
        ),
    ]);
}

#[test]
fn an_output_is_a_schema_or_its_short_form() {
    assert_complaints(&[
        (
            "goal = 'a'\n[output]\norder = 'text'",
            ":3:9: `output.order`: expected `string`, `integer`, `number` or `boolean`, found `text`",
        ),
        (
            "goal = 'a'\n[output]\norder = 3",
            ":3:9: `output.order`: expected `string`, `integer`, `number` or `boolean`, found something else",
        ),
        (
            "goal = 'a'\n[output.properties.order]\ntype = 'text'",
            ":3:8: `output.properties.order.type`: expected `string`, `integer`, `number`, `boolean`, `object`, `array` \
             or `null`, found `text`",
        ),
        ("goal = 'a'\n[output]", ":2:1: `output`: expected at least one `name = \"string\"`"),
    ]);
}

#[test]
fn a_planner_is_one_of_five() {
    let expected = "expected `script`, `local`, `model`, `cascade` or `{ replay = \"calls.json\" }`, found";
    assert_complaints(&[
        ("goal = 'a'\nplanner = 'skript'", &format!(":2:11: `planner`: {expected} `skript`")),
        ("goal = 'a'\nplanner = 3", &format!(":2:11: `planner`: {expected} `3`")),
        ("goal = 'a'\nplanner = 'script'", ":2:11: `planner`: a script needs at least one `[[steps]]`"),
    ]);
    let kinds = ["", "planner = 'local'", "planner = { replay = 'calls.json' }", "[[steps]]\nback = true"]
        .map(|rest| task(rest).planner);
    let replay = PlannerKind::Replay("tasks/calls.json".into());
    assert_eq!(kinds, [PlannerKind::Cascade, PlannerKind::Local, replay, PlannerKind::Script]);
}

#[test]
fn the_short_form_of_an_output_requires_every_name() {
    let schema = json!({
        "type": "object",
        "properties": { "order": { "type": "string" }, "total": { "type": "number" } },
        "required": ["order", "total"],
        "additionalProperties": false,
    });
    assert_eq!(task("[output]\norder = 'string'\ntotal = 'number'").goal.output, Some(schema));
}

#[test]
fn a_schema_is_kept_as_it_is() {
    let schema = json!({ "type": "array", "items": { "type": "string", "pattern": "{{x}}" }, "maxItems": 3 });
    let text = "[output]\ntype = 'array'\nmaxItems = 3\nitems = { type = 'string', pattern = '{{x}}' }";
    assert_eq!(task(text).goal.output, Some(schema));
}

#[test]
fn a_value_is_filled_in_once_and_stays_text() {
    let text =
        "goal = 'buy {{a}}{{ b }}'\n[inputs]\na = 'x'\nb = 2\n[[steps]]\nwrite = { file = '{{a}}', text = '{{b}}' }";
    let hostile = "{{b}}', keep_going = true, \"\"\"\nplanner = 'model'\n{{secret.pw}}";
    let task = parse(text, &[("a", hostile)]).unwrap();
    let write = Call::new("files", "write").with("path", hostile).with("text", "2");
    assert_eq!(
        (task.goal.text, task.keep_going, task.steps[0].call.clone()),
        (format!("buy {hostile}2"), false, write)
    );
}

#[test]
fn what_the_user_wrote_is_told_and_nothing_else() {
    let text = "goal = 'buy {{a}}'\nat = 'https://shop.test'\n[inputs]\na = 'tea'\n[[steps]]\ncheck = 'I agree'\n\
                [[steps]]\npost = { url = 'https://shop.test/x', json = { n = [2, { m = 'deep' }] } }";
    let told = "buy tea\nhttps://shop.test\nhttps://shop.test/\ntrue\nI agree\n2\ndeep\nPOST\nhttps://shop.test/x";
    let mut seen: Vec<_> = parse(text, &[]).unwrap().goal.told.lines().map(str::to_owned).collect();
    let mut told: Vec<_> = told.lines().map(str::to_owned).collect();
    seen.sort_unstable();
    told.sort_unstable();
    assert_eq!(seen, told);
}

#[test]
fn every_word_becomes_its_call() {
    let page = |verb: &str| Call::new("browser", verb);
    let file = |verb: &str| Call::new("files", verb);
    let http = |method: &str| Call::new("http", "request").with("method", method).with("url", "https://a.test/");
    let words = [
        ("look = true", page("look")),
        ("open = 'https://a.test'", page("open").with("url", "https://a.test/")),
        ("click = 'button \"Buy\"'", page("click").with("target", "button \"Buy\"")),
        ("fill = { field = 'Name', with = 'Ann' }", page("fill").with("target", "Name").with("text", "Ann")),
        ("fill = { field = 'Key', secret = 'pw' }", page("fill").with("target", "Key").with("secret", "pw")),
        ("select = { field = 'Size', option = 'L' }", page("select").with("target", "Size").with("option", "L")),
        ("check = 'I agree'", page("check").with("target", "I agree").with("on", true)),
        ("uncheck = 'News'", page("check").with("target", "News").with("on", false)),
        ("press = 'Enter'", page("press").with("key", "Enter")),
        ("press = { key = 'Tab', on = 'Name' }", page("press").with("key", "Tab").with("target", "Name")),
        ("scroll = 'down'", page("scroll").with("to", "down")),
        ("drag = { target = 'Card', to = 'Slot' }", page("drag").with("target", "Card").with("to", "Slot")),
        ("reload = true", page("reload")),
        ("wait = { address = '/done' }", page("wait").with("address", "/done")),
        ("find = { role = 'button' }", page("find").with("role", "button")),
        ("tabs = true", page("tabs")),
        ("frame = 'pay.test'", page("frame").with("target", "pay.test")),
        ("upload = { field = 'Form', file = 'a.pdf' }", page("upload").with("target", "Form").with("path", "a.pdf")),
        (
            "download = { target = 'Invoice', file = 'in/' }",
            page("download").with("target", "Invoice").with("path", "in/"),
        ),
        ("print = 'page.pdf'", page("print").with("path", "page.pdf")),
        ("restore_session = 'shop'", page("restore_session").with("name", "shop")),
        ("back = true", page("back")),
        ("wait = 'Thanks'", page("wait").with("text", "Thanks")),
        ("wait = { target = 'Pay', seconds = 9 }", page("wait").with("target", "Pay").with("seconds", 9)),
        ("find = { pattern = 'a+' }", page("find").with("pattern", "a+")),
        ("read = true", page("read")),
        ("read = 'main'", page("read").with("target", "main")),
        ("screenshot = true", page("screenshot")),
        ("screenshot = { full = true, width = 800 }", page("screenshot").with("full", true).with("width", 800)),
        ("dialog = { accept = false }", page("dialog").with("accept", false)),
        ("take = { order = 'No (\\d+)' }", page("find").with("pattern", "No (\\d+)")),
        ("list = true", file("list")),
        ("list = 'a'", file("list").with("path", "a")),
        ("read_file = 'a'", file("read").with("path", "a")),
        ("write = { file = 'a', text = 'b' }", file("write").with("path", "a").with("text", "b")),
        ("append = { file = 'a', text = 'b' }", file("append").with("path", "a").with("text", "b")),
        ("make_folder = 'a'", file("make_folder").with("path", "a")),
        ("move = { from = 'a', to = 'b' }", file("move").with("from", "a").with("to", "b")),
        ("delete = 'a'", file("delete").with("path", "a")),
        ("get = 'https://a.test'", http("GET")),
        ("post = { url = 'https://a.test', json = { n = 1 } }", http("POST").with("json", json!({ "n": 1 }))),
        (
            "call = { tool = 'weather', verb = 'ask', args = { at = ['x', 2.5] } }",
            Call::new("weather", "ask").with("at", json!(["x", 2.5])),
        ),
    ];
    for (step, call) in words {
        assert_eq!(calls(&format!("[[steps]]\n{step}")), [call], "{step}");
    }
}

#[test]
fn a_step_is_named_after_its_source_and_its_line() {
    let steps = task("[[steps]]\nback = true\n[[steps]]\nnote = 'why'\ntake = { b = 'x', a = 'y' }").steps;
    let name = "step 2 `take = { b = 'x', a = 'y' }` (order.toml line 6)".to_owned();
    let step = |take: &str, pattern| Step {
        call: Call::new("browser", "find").with("pattern", pattern),
        name: name.clone(),
        note: "why".into(),
        take: Some(take.into()),
    };
    assert_eq!(steps[1..], [step("b", "x"), step("a", "y")]);
}

#[test]
fn a_budget_limits_what_it_names_and_nothing_else() {
    let limits = |text: &str| task(text).goal.budget.limits;
    let all = "[budget]\nmoney = '12.5'\nbytes_sent = 1000\nrequests_per_host = 3\nconsequential = 0";
    let expected =
        Limits { money: Some(12_500_000), bytes_sent: Some(1_000), requests_per_host: Some(3), consequential: Some(0) };
    assert_eq!((limits(all), limits("[budget]\nsteps = 3")), (expected, Limits::default()));
}

#[test]
fn paths_are_relative_to_the_task_file_and_origins_are_plain() {
    let task = task(
        "[files]\nworkspace = 'work'\n[policy]\npack = 'shop'\nsites = 'https://a.test'\nprivate = ['b', 'c']\n\
         [model]\nname = 'm'\n[secrets.pw]\nfile = 'pw.txt'\nat = 'https://A.test:443/'",
    );
    let secret = SecretSource {
        from: SecretPlace::File("tasks/pw.txt".into()),
        at: vec!["https://a.test".into()],
        totp: false,
        field: None,
        header: None,
    };
    let parameters = [("sites", vec!["https://a.test"]), ("private", vec!["b", "c"])];
    let parameters =
        parameters.map(|(name, values)| (name.to_owned(), values.into_iter().map(str::to_owned).collect()));
    let expected = Task {
        goal: Goal::new("a"),
        steps: vec![],
        keep_going: false,
        planner: PlannerKind::Cascade,
        autonomy: lamassu_contract::Autonomy::Guard,
        policy: PolicyChoice { pack: Some("shop".into()), parameters: parameters.into() },
        secrets: [("pw".to_owned(), secret)].into(),
        workspace: Some("tasks/work".into()),
        model: ModelChoice { name: Some("m".into()), ..ModelChoice::default() },
        browser: BrowserChoice::default(),
        folder: "tasks".into(),
    };
    assert_eq!(task, expected);
}

#[test]
fn the_examples_are_well_formed() {
    let order = include_str!("../../examples/tasks/order.toml");
    let attacked = include_str!("../../examples/tasks/order-attacked.toml");
    let hostile = include_str!("../../examples/tasks/hostile.json");
    let [order, attacked] = [order, attacked].map(|text| parse(text, &[]).unwrap());
    let calls = recorded(hostile, Path::new("hostile.json"), &attacked.goal.inputs).unwrap();
    // Nothing of the attack may count as the user's own words.
    let injected = ["evil.test", "4481", "etc/passwd", "secret."].iter().any(|text| attacked.goal.told.contains(text));
    assert_eq!((order.goal.text, injected, calls.len()), (attacked.goal.text, false, 26));
}
