//! The layers, the token's travels, and every sentence for a bad setting.

use super::*;
use crate::compose::GameTheme;
use crate::inference::{Endpoint, Protocol};
use crate::secret::Secret;

fn environment(
    env: &[(&str, &str)],
    dotenv: &str,
    config: &str,
) -> (tempfile::TempDir, Environment) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(".env"), dotenv).unwrap();
    std::fs::create_dir(folder.path().join("codeagent")).unwrap();
    std::fs::write(folder.path().join("codeagent/config.toml"), config).unwrap();
    let home = folder.path().to_string_lossy().into_owned();
    let fixed = [("HOME", home.as_str()), ("XDG_CONFIG_HOME", home.as_str())];
    let env = fixed.iter().chain(env).map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
    let environment = Environment::new(env, folder.path().to_owned());
    (folder, environment)
}

fn settings(env: &[(&str, &str)], dotenv: &str, config: &str, flags: FlagValues) -> Settings {
    let (_folder, environment) = environment(env, dotenv, config);
    resolve(flags, &environment).unwrap()
}

fn complaint(env: &[(&str, &str)], config: &str, flags: FlagValues) -> String {
    let (folder, environment) = environment(env, "", config);
    let text = resolve(flags, &environment).unwrap_err().to_string();
    text.replace(&*folder.path().to_string_lossy(), "~")
}

fn flag(name: &'static str, value: &str) -> FlagValues {
    FlagValues::from([(name, value.to_owned())])
}

#[test]
fn each_layer_wins_over_the_one_below_and_says_where_it_is() {
    let config = "model = 'from/file'";
    let dotenv = "CODEAGENT_MODEL=from/dotenv";
    let env = [("CODEAGENT_MODEL", "from/env")];
    let model =
        |env: &[_], dotenv, config, flags| settings(env, dotenv, config, flags).inference.model;
    assert_eq!(model(&[], "", "", FlagValues::new()).origin, Origin::Default);
    assert_eq!(model(&[], "", config, FlagValues::new()).value, "from/file");
    assert_eq!(model(&[], dotenv, config, FlagValues::new()).value, "from/dotenv");
    let from_env = model(&env, dotenv, config, FlagValues::new());
    assert_eq!(from_env.origin.to_string(), "CODEAGENT_MODEL in the environment");
    let from_flag = model(&env, dotenv, config, flag("model", "from/flag"));
    assert_eq!(
        (from_flag.value.as_str(), from_flag.origin),
        ("from/flag", Origin::Flag("--model"))
    );
}

#[test]
fn blank_counts_as_not_said() {
    let settings = settings(&[("CODEAGENT_MODEL", "  ")], "HF_TOKEN=", "", FlagValues::new());
    assert_eq!(settings.inference.model.origin, Origin::Default);
    assert!(settings.network.token.is_none());
}

#[test]
fn the_engine_follows_from_what_else_is_set() {
    let token = [("HF_TOKEN", "hf_abcdefgh")];
    let engine = |env: &[_], flags| settings(env, "", "", flags).inference.engine.value;
    assert_eq!(engine(&[], FlagValues::new()), Engine::Offline);
    assert_eq!(engine(&token, FlagValues::new()), Engine::HuggingFace);
    assert_eq!(engine(&token, flag("base_url", "http://localhost:1")), Engine::Endpoint);
    assert_eq!(engine(&token, flag("protocol", "text-generation")), Engine::TextGeneration);
    assert_eq!(engine(&token, flag("engine", "offline")), Engine::Offline);
    let offline = [("HF_TOKEN", "hf_abcdefgh"), ("HF_HUB_OFFLINE", "1")];
    assert_eq!(engine(&offline, FlagValues::new()), Engine::Offline);
}

#[test]
fn the_engine_named_text_generation_speaks_it() {
    let speaks = |pairs: &[(&'static str, &str)]| {
        let flags = pairs.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        settings(&[], "", "", flags).network.endpoint.value.protocol
    };
    assert_eq!(speaks(&[]), Protocol::Chat);
    assert_eq!(speaks(&[("engine", "text-generation")]), Protocol::TextGeneration);
    assert_eq!(speaks(&[("engine", "endpoint"), ("protocol", "text-generation")]), {
        Protocol::TextGeneration
    });
    let both = [("engine", "text-generation"), ("protocol", "chat")];
    assert_eq!(speaks(&both), Protocol::Chat, "a protocol that is named is the one to speak");
}

#[test]
fn tokens_are_looked_for_in_the_stated_order() {
    let origin = |env: &[_], dotenv| {
        settings(env, dotenv, "", FlagValues::new()).network.token.unwrap().origin.to_string()
    };
    let all = [("HUGGINGFACE_API_KEY", "hf_c"), ("HUGGING_FACE_HUB_TOKEN", "hf_b")];
    assert_eq!(origin(&all, ""), "HUGGING_FACE_HUB_TOKEN in the environment");
    assert_eq!(origin(&all, "HF_TOKEN=hf_a"), "HF_TOKEN in .env");
}

#[test]
fn huggingfaces_own_file_is_the_last_place() {
    let (folder, environment) = environment(&[], "", "");
    let file = folder.path().join(".cache/huggingface/token");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, "hf_fromfile\n").unwrap();
    let token = resolve(FlagValues::new(), &environment).unwrap().network.token.unwrap();
    assert_eq!((token.value.expose(), token.origin), ("hf_fromfile", Origin::File(file)));
}

#[test]
fn a_renewed_token_is_found_in_its_file() {
    let (folder, environment) = environment(&[], "", "");
    let file = folder.path().join(".cache/huggingface/token");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, "hf_old").unwrap();
    let token = resolve(FlagValues::new(), &environment).unwrap().network.token.unwrap();
    std::fs::write(&file, "hf_new\n").unwrap();
    assert_eq!(token::current(&token).expose(), "hf_new");
    std::fs::remove_file(file).unwrap();
    assert_eq!(token::current(&token).expose(), "hf_old");
}

#[test]
fn implicit_tokens_can_be_switched_off() {
    let env = [("HF_TOKEN", "hf_abcdefgh"), ("HF_HUB_DISABLE_IMPLICIT_TOKEN", "YES")];
    let settings = settings(&env, "", "", FlagValues::new());
    assert!(settings.network.token.is_none());
    assert!(settings.notices.all[0].contains("HF_HUB_DISABLE_IMPLICIT_TOKEN"));
}

#[test]
fn a_token_travels_only_where_the_user_sends_it() {
    let token = [("HF_TOKEN", "hf_abcdefgh")];
    let travels = |env: &[_], dotenv, flags| {
        let settings = settings(env, dotenv, "", flags);
        (settings.network.token.is_some(), settings.notices.all.join(" "))
    };
    assert!(travels(&token, "", flag("base_url", "https://models.example")).0);
    assert!(travels(&token, "", flag("base_url", "http://127.0.0.1:8080")).0);
    let (sent, notice) = travels(&token, "", flag("base_url", "http://10.0.0.7"));
    assert!(!sent && notice.contains("not https"));
}

#[test]
fn an_address_that_a_project_chose_gets_no_token() {
    let endpoint = Endpoint::new("https://models.example", Protocol::Chat).unwrap();
    let base = Origin::DotEnv("CODEAGENT_BASE_URL");
    for origin in [Origin::Environment("HF_TOKEN"), Origin::DotEnv("HF_TOKEN")] {
        let token = Setting { value: Secret::new("hf_abcdefgh"), origin };
        let refusal =
            token::refuse_to_send(&token, &endpoint, (&base, "CODEAGENT_BASE_URL")).unwrap();
        assert!(refusal.contains("that address comes from .env"), "{refusal}");
    }
}

#[test]
fn an_old_gemini_set_up_is_told_how_to_move() {
    let settings = settings(&[], "GEMINI_API_KEY=abc", "", FlagValues::new());
    assert!(settings.notices.all.iter().any(|notice| notice.contains("GEMINI_API_KEY")));
}

#[test]
fn every_bad_setting_gets_one_clear_sentence() {
    let cases = [
        complaint(&[], "", flag("theme", "disco")),
        complaint(&[("CODEAGENT_ENGINE", "magic")], "", FlagValues::new()),
        complaint(&[], "", flag("base_url", "https://api-inference.huggingface.co")),
        complaint(&[], "", flag("base_url", "nonsense")),
        complaint(&[], "", flag("model", "two words")),
        complaint(&[], "", flag("model", "esc\u{1b}[2J")),
        complaint(&[], "[retry]\nattempts = 0", FlagValues::new()),
        complaint(&[], "modell = 'x'", FlagValues::new()),
        complaint(&[], "hf_token = 'hf_secret'", FlagValues::new()),
        complaint(&[], "model = 'x'\nmodel = 'y'", FlagValues::new()),
        complaint(&[], "", flag("max_tokens", "many")),
        complaint(&[], "mouse = 'maybe'", FlagValues::new()),
        complaint(&[], "notify = 'loudly'", FlagValues::new()),
    ];
    insta::assert_snapshot!(cases.join("\n"));
}

#[test]
fn accounts_are_asked_for_at_huggingface_or_where_the_user_says() {
    const HF: (&str, &str) = ("HF_TOKEN", "hf_testtesttest");
    const MIRROR: (&str, &str) = ("HF_ENDPOINT", "https://mirror.example/");
    const LOCAL: (&str, &str) = ("CODEAGENT_BASE_URL", "http://localhost:11434/v1");
    let hub = |env: &[_], dotenv| settings(env, dotenv, "", FlagValues::new()).network.hub;
    let asked =
        |env: &[_], dotenv| hub(env, dotenv).map(|hub| hub.base.address_below("x")).unwrap();
    let why = |env: &[_], dotenv| hub(env, dotenv).unwrap_err().to_string();
    assert_eq!(asked(&[HF], ""), "https://huggingface.co/x");
    assert_eq!(asked(&[HF, MIRROR], ""), "https://mirror.example/x");
    assert_eq!(asked(&[HF, MIRROR, LOCAL], ""), "https://mirror.example/x");
    assert_eq!(why(&[], ""), "no HuggingFace token");
    assert_eq!(why(&[HF, LOCAL], ""), "the model server is not HuggingFace's");
    let key = ("HF_TOKEN", "AIza-another-server");
    let foreign = "the token from HF_TOKEN in the environment is not a HuggingFace token";
    assert_eq!(why(&[key, MIRROR], ""), foreign);
    assert!(why(&[HF, ("HF_ENDPOINT", "http://mirror.example")], "").contains("is not https"));
    assert_eq!(asked(&[HF], "HF_ENDPOINT=https://evil.example"), "https://huggingface.co/x");
    assert!(why(&[HF, ("HF_ENDPOINT", "nonsense")], "").starts_with("HF_ENDPOINT cannot be used"));
    let (_folder, environment) = environment(&[HF], "", "");
    let offline = resolve(flag("engine", "offline"), &environment).unwrap();
    assert!(offline.is_offline_by_choice() && offline.network.hub.is_err());
    assert!(!settings(&[], "", "", FlagValues::new()).is_offline_by_choice(), "nobody said so");
}

#[test]
fn every_setting_is_told_without_what_looks_like_a_token() {
    let env = [
        ("HF_TOKEN", "hf_secretsecret"),
        ("CODEAGENT_BASE_URL", "https://a.b/v1?k=hf_secretsecret"),
    ];
    let resolved = settings(&env, "", "", FlagValues::new()).resolved;
    assert_eq!(resolved.len(), setting_keys().count());
    assert!(resolved.iter().all(|(_, setting)| !setting.value.contains("secret")), "{resolved:?}");
    let (_, base) = resolved.iter().find(|(name, _)| *name == "base_url").unwrap();
    assert_eq!(base.value, "https://a.b/v1?***");
}

/// What a project's `.env` brings, with a token and a home of the user's own.
fn project(dotenv: &str) -> Settings {
    settings(&[("HF_TOKEN", "hf_usersusers"), ("AWS_KEY", "aws")], dotenv, "", FlagValues::new())
}

#[test]
fn a_project_may_choose_a_model_a_theme_and_a_token_of_its_own() {
    let dotenv = "CODEAGENT_MODEL=a/b\nexport CODEAGENT_THEME='neon' # dark\nHF_TOKEN=hf_projects";
    let chosen = settings(&[], dotenv, "model = 'c/d'", FlagValues::new());
    assert_eq!(
        (chosen.inference.model.value.as_str(), chosen.game.theme.value),
        ("a/b", GameTheme::Neon)
    );
    let token = chosen.network.token.unwrap();
    assert_eq!((token.value.expose(), token.origin.is_project()), ("hf_projects", true));
    assert_eq!(chosen.notices.project, None);
    assert_eq!(
        project("HF_HUB_OFFLINE=1").inference.engine.origin,
        Origin::DotEnv("HF_HUB_OFFLINE")
    );
    assert_eq!(project("CODEAGENT_ENGINE=offline").inference.engine.value, Engine::Offline);
}

#[test]
fn a_project_chooses_nothing_that_runs_redirects_or_names_a_path() {
    let plain = project("");
    for (name, value) in [
        ("CODEAGENT_BROWSER", "./evil.sh"),
        ("CODEAGENT_HOME", "./x"),
        ("CODEAGENT_BASE_URL", "https://evil.example"),
        ("CODEAGENT_PROTOCOL", "text-generation"),
        ("CODEAGENT_ENGINE", "endpoint"),
        ("CODEAGENT_SCREEN_THEME", "./theme.toml"),
        ("CODEAGENT_SCREEN_READER", "on"),
        ("HF_BILL_TO", "evil"),
        ("HF_HOME", "./x"),
        ("HF_TOKEN_PATH", "./x"),
        ("HF_ENDPOINT", "https://evil.example"),
        ("CODEAGENT_ANYTHING", "x"),
    ] {
        let chosen = project(&format!("{name}={value}"));
        let notice = chosen.notices.project.clone().unwrap();
        assert!(notice.contains(name) && notice.contains(".env"), "{notice}");
        assert!(
            notice.contains("in the environment") && !notice.contains(&format!(" {value} ")),
            "{notice}"
        );
        assert!(chosen.notices.all.contains(&notice));
        let resolved = chosen
            .resolved
            .iter()
            .zip(&plain.resolved)
            .skip_while(|((name, _), _)| *name == "home");
        for ((name, now), (_, before)) in resolved.filter(|((name, _), _)| *name != "home") {
            assert_eq!(now, before, "{name}");
        }
        assert_eq!(chosen.files.home.origin, Origin::Default);
        assert_eq!(chosen.play.browser.override_program, None);
        assert_eq!(
            chosen.network.hub.unwrap().base,
            plain.network.hub.as_ref().unwrap().base.clone()
        );
    }
}

#[test]
fn what_else_is_in_a_dotenv_says_nothing_to_us() {
    let dotenv = "PATH=/evil\nBROWSER=./x\nEDITOR=./x\nVISUAL=./x\nHTTPS_PROXY=http://evil\nHOME=/x\n\
                  XDG_CONFIG_HOME=/x\nNO_COLOR=1\nRUST_LOG=trace\nTERM=dumb\nDISPLAY=:9\nUSER=x";
    let (_folder, environment) = environment(&[("PATH", "/bin:.::relative")], dotenv, "");
    let chosen = resolve(FlagValues::new(), &environment).unwrap();
    assert_eq!(chosen.notices.project, None);
    assert_eq!(chosen.play.browser.path, [PathBuf::from("/bin")]);
    assert_ne!(chosen.files.user_home, Some(PathBuf::from("/x")));
    assert_eq!((environment.env("EDITOR"), environment.env("NO_COLOR")), (None, None));
}

#[test]
fn nothing_is_substituted_in_a_dotenv() {
    // PATH is a variable of this process, too.
    for written in
        ["a$PATH/b", "a${PATH}/b", "a\\$PATH/b", "\"a$PATH/b\"", "'a$PATH/b'", "'a${PATH}/b'"]
    {
        let model = project(&format!("PATH=x\nCODEAGENT_MODEL={written} # it's $PATH"))
            .inference
            .model
            .value;
        assert!(["a$PATH/b", "a${PATH}/b"].contains(&model.as_str()), "{written} is {model}");
    }
    let token =
        settings(&[], "HF_TOKEN=\"a\\\\$PATH\"", "", FlagValues::new()).network.token.unwrap();
    assert_eq!(token.value.expose(), "a\\$PATH");
}

#[test]
fn a_strange_dotenv_is_no_error() {
    let ours = "CODEAGENT_MODEL=a/b";
    let utf16: Vec<u8> =
        "\u{feff}CODEAGENT_MODEL=x/y\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let many: Vec<_> = (0..50_000).map(|n| format!("CODEAGENT_{n}=1\n")).collect();
    let huge = format!("{ours}\n{}\nCODEAGENT_THEME=neon\n", "#".repeat(2_000_000));
    for (bytes, model, resolved) in [
        (b"APP_NAME=My App\nMSG=it's\nmy-key=1\n=\n==\nx\n".to_vec(), None, false),
        (format!("MSG=it's\nOPEN=\"\n{ours}\n").into_bytes(), Some("a/b"), false),
        (format!("\u{feff}{ours}\r\n").into_bytes(), Some("a/b"), false),
        ([b"\xff\xfe\n", ours.as_bytes(), b" # caf\xe9"].concat(), Some("a/b"), true),
        ([ours.as_bytes(), b"\xe9"].concat(), None, true),
        (utf16, None, true),
        (huge.into_bytes(), Some("a/b"), true),
        (
            b"CODEAGENT_MODEL=two words\nCODEAGENT_THEME=disco\nHF_TOKEN='hf_a b'".to_vec(),
            None,
            true,
        ),
        (b"CODEAGENT_MODEL='open".to_vec(), None, true),
        (b"CODEAGENT_MODEL=../x".to_vec(), None, true),
        (b"CODEAGENT_MODEL=%2e%2E/x".to_vec(), None, true),
        (b"CODEAGENT_MODEL=hf_secretsecret".to_vec(), None, true),
        (many.concat().into_bytes(), None, true),
        (b"CODEAGENT_BROWSER=\nHF_HOME= # none".to_vec(), None, false),
    ] {
        let (folder, _) = environment(&[], "", "");
        std::fs::write(folder.path().join(".env"), bytes).unwrap();
        let env = [("HOME".to_owned(), folder.path().to_string_lossy().into_owned())];
        let chosen =
            resolve(FlagValues::new(), &Environment::new(env, folder.path().to_owned())).unwrap();
        let from_project = chosen
            .inference
            .model
            .origin
            .is_project()
            .then_some(chosen.inference.model.value.as_str());
        assert_eq!(from_project, model);
        assert_eq!(chosen.game.theme.origin, Origin::Default);
        assert_eq!(chosen.notices.project.is_some(), resolved, "{:?}", chosen.notices.project);
        assert!(!chosen.notices.all.concat().contains("secret"), "{:?}", chosen.notices);
    }
}

#[cfg(unix)]
#[test]
fn a_dotenv_that_is_no_file_of_the_folder_is_not_read() {
    use std::os::unix::fs::symlink;
    let outside = tempfile::tempdir().unwrap();
    std::fs::write(outside.path().join(".env"), "CODEAGENT_MODEL=a/b").unwrap();
    let notice = |make: &dyn Fn(&std::path::Path)| {
        let folder = tempfile::tempdir_in(outside.path()).unwrap();
        make(&folder.path().join(".env"));
        let environment = Environment::new([], folder.path().to_owned());
        (environment.project("CODEAGENT_MODEL").map(str::to_owned), environment.project_notice())
    };
    let nothing = (None, None);
    assert_eq!(notice(&|_| ()), nothing, "the folder above is not looked at");
    assert_eq!(notice(&|path| std::fs::create_dir(path).unwrap()), nothing);
    assert_eq!(notice(&|path| symlink("/nowhere", path).unwrap()), nothing);
    for link in
        ["/dev/zero", "/dev/urandom", "/proc/self/environ", "/etc/passwd", "../.env", ".env"]
    {
        let (model, resolved) = notice(&|path| symlink(link, path).unwrap());
        assert!(model.is_none() && resolved.is_some(), "{link}");
    }
    let (model, resolved) = notice(&|path| {
        let made = std::process::Command::new("mkfifo").arg(path).status().unwrap();
        assert!(made.success());
    });
    assert!(model.is_none() && resolved.is_some());
    let inside = notice(&|path| {
        std::fs::write(path.with_file_name("env.local"), "CODEAGENT_MODEL=c/d").unwrap();
        symlink("env.local", path).unwrap();
    });
    assert_eq!(inside, (Some("c/d".to_owned()), None));
}

#[test]
fn a_token_in_the_wrong_place_is_refused_and_not_shown() {
    for (env, name) in [
        ("CODEAGENT_MODEL", "model"),
        ("CODEAGENT_THEME", "theme"),
        ("CODEAGENT_BROWSER", "browser"),
        ("CODEAGENT_BASE_URL", "base_url"),
        ("HF_BILL_TO", "bill_to"),
    ] {
        let resolved = complaint(&[(env, "hf_hiddenhidden")], "", FlagValues::new());
        assert!(resolved.starts_with(&format!("{name} is `***`")), "{resolved}");
        assert!(resolved.contains("HF_TOKEN") && !resolved.contains("hidden"), "{resolved}");
    }
    let wrong = ["two hf_hiddenhidden", "https://ann:hidden@host", "sk-0123456789hidden"];
    for value in wrong.into_iter().flat_map(|value| [("base_url", value), ("engine", value)]) {
        let resolved = complaint(&[], "", flag(value.0, value.1));
        assert!(!resolved.contains("hidden"), "{resolved}");
    }
    for file in ["hf_hiddenhidden = 1", "model = 'x'\nhf_hiddenhidden", "model = hf_hiddenhidden"] {
        let resolved = complaint(&[], file, FlagValues::new());
        assert!(!resolved.contains("hidden"), "{resolved}");
    }
}

#[test]
fn huggingfaces_own_file_is_where_its_own_tools_look() {
    let found = |env: &[(&str, &str)], file: &str| {
        let (folder, environment) = environment(env, "HF_HOME=./project", "");
        let file = folder.path().join(file);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, "hf_fromfile").unwrap();
        let token = resolve(FlagValues::new(), &environment).unwrap().network.token;
        token.is_some_and(|token| token.origin == Origin::File(file))
    };
    assert!(found(&[("HF_HOME", "~/hf")], "hf/token"));
    assert!(found(&[("HF_HOME", "$HOME/hf")], "hf/token"));
    assert!(found(&[("HF_HOME", "${HOME}/${MINE}"), ("MINE", "own")], "own/token"));
    assert!(found(&[("HF_TOKEN_PATH", "~/t"), ("HF_HOME", "~/hf")], "t"));
    assert!(found(&[("XDG_CACHE_HOME", "~/cache")], "cache/huggingface/token"));
    assert!(!found(&[("HF_HOME", "$HOMEhf")], "hf/token"));
}
