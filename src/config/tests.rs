//! The layers, the token's travels, and every sentence for a bad setting.

use super::*;

fn around(env: &[(&str, &str)], dotenv: &str, config: &str) -> (tempfile::TempDir, Surroundings) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(".env"), dotenv).unwrap();
    std::fs::create_dir(folder.path().join("codeagent")).unwrap();
    std::fs::write(folder.path().join("codeagent/config.toml"), config).unwrap();
    let home = folder.path().to_string_lossy().into_owned();
    let fixed = [("HOME", home.as_str()), ("XDG_CONFIG_HOME", home.as_str())];
    let env = fixed.iter().chain(env).map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
    let around = Surroundings::new(env, folder.path().to_owned()).unwrap();
    (folder, around)
}

fn settings(env: &[(&str, &str)], dotenv: &str, config: &str, flags: Flags) -> Settings {
    let (_folder, around) = around(env, dotenv, config);
    resolve(flags, &around).unwrap()
}

fn complaint(env: &[(&str, &str)], config: &str, flags: Flags) -> String {
    let (folder, around) = around(env, "", config);
    let text = resolve(flags, &around).unwrap_err().to_string();
    text.replace(&*folder.path().to_string_lossy(), "~")
}

fn flag(name: &'static str, value: &str) -> Flags {
    Flags::from([(name, value.to_owned())])
}

#[test]
fn each_layer_wins_over_the_one_below_and_says_where_it_is() {
    let config = "model = 'from/file'";
    let dotenv = "CODEAGENT_MODEL=from/dotenv";
    let env = [("CODEAGENT_MODEL", "from/env")];
    let model = |env: &[_], dotenv, config, flags| settings(env, dotenv, config, flags).model;
    assert_eq!(model(&[], "", "", Flags::new()).origin, Origin::Default);
    assert_eq!(model(&[], "", config, Flags::new()).value, "from/file");
    assert_eq!(model(&[], dotenv, config, Flags::new()).value, "from/dotenv");
    let from_env = model(&env, dotenv, config, Flags::new());
    assert_eq!(from_env.origin.to_string(), "CODEAGENT_MODEL in the environment");
    let from_flag = model(&env, dotenv, config, flag("model", "from/flag"));
    assert_eq!(
        (from_flag.value.as_str(), from_flag.origin),
        ("from/flag", Origin::Flag("--model"))
    );
}

#[test]
fn blank_counts_as_not_said() {
    let settings = settings(&[("CODEAGENT_MODEL", "  ")], "HF_TOKEN=", "", Flags::new());
    assert_eq!(settings.model.origin, Origin::Default);
    assert!(settings.token.is_none());
}

#[test]
fn the_engine_follows_from_what_else_is_set() {
    let token = [("HF_TOKEN", "hf_abcdefgh")];
    let engine = |env: &[_], flags| settings(env, "", "", flags).engine.value;
    assert_eq!(engine(&[], Flags::new()), Engine::Offline);
    assert_eq!(engine(&token, Flags::new()), Engine::HuggingFace);
    assert_eq!(engine(&token, flag("base_url", "http://localhost:1")), Engine::Endpoint);
    assert_eq!(engine(&token, flag("protocol", "text-generation")), Engine::TextGeneration);
    assert_eq!(engine(&token, flag("engine", "offline")), Engine::Offline);
    let offline = [("HF_TOKEN", "hf_abcdefgh"), ("HF_HUB_OFFLINE", "1")];
    assert_eq!(engine(&offline, Flags::new()), Engine::Offline);
}

#[test]
fn tokens_are_looked_for_in_the_stated_order() {
    let origin = |env: &[_], dotenv| {
        settings(env, dotenv, "", Flags::new()).token.unwrap().origin.to_string()
    };
    let all = [("HUGGINGFACE_API_KEY", "hf_c"), ("HUGGING_FACE_HUB_TOKEN", "hf_b")];
    assert_eq!(origin(&all, ""), "HUGGING_FACE_HUB_TOKEN in the environment");
    assert_eq!(origin(&all, "HF_TOKEN=hf_a"), "HF_TOKEN in .env");
}

#[test]
fn huggingfaces_own_file_is_the_last_place() {
    let (folder, around) = around(&[], "", "");
    let file = folder.path().join(".cache/huggingface/token");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, "hf_fromfile\n").unwrap();
    let token = resolve(Flags::new(), &around).unwrap().token.unwrap();
    assert_eq!((token.value.expose(), token.origin), ("hf_fromfile", Origin::File(file)));
}

#[test]
fn a_renewed_token_is_found_in_its_file() {
    let (folder, around) = around(&[], "", "");
    let file = folder.path().join(".cache/huggingface/token");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, "hf_old").unwrap();
    let token = resolve(Flags::new(), &around).unwrap().token.unwrap();
    std::fs::write(&file, "hf_new\n").unwrap();
    assert_eq!(token::current(&token).expose(), "hf_new");
    std::fs::remove_file(file).unwrap();
    assert_eq!(token::current(&token).expose(), "hf_old");
}

#[test]
fn implicit_tokens_can_be_switched_off() {
    let env = [("HF_TOKEN", "hf_abcdefgh"), ("HF_HUB_DISABLE_IMPLICIT_TOKEN", "YES")];
    let settings = settings(&env, "", "", Flags::new());
    assert!(settings.token.is_none());
    assert!(settings.notices[0].contains("HF_HUB_DISABLE_IMPLICIT_TOKEN"));
}

#[test]
fn a_token_travels_only_where_the_user_sends_it() {
    let token = [("HF_TOKEN", "hf_abcdefgh")];
    let travels = |env: &[_], dotenv, flags| {
        let settings = settings(env, dotenv, "", flags);
        (settings.token.is_some(), settings.notices.join(" "))
    };
    assert!(travels(&token, "", flag("base_url", "https://models.example")).0);
    assert!(travels(&token, "", flag("base_url", "http://127.0.0.1:8080")).0);
    let (sent, notice) = travels(&token, "", flag("base_url", "http://10.0.0.7"));
    assert!(!sent && notice.contains("not https"));
    // A project's own .env must not collect the tokens of those who open it.
    let (sent, notice) = travels(&token, "CODEAGENT_BASE_URL=https://models.example", Flags::new());
    assert!(!sent && notice.contains("that address comes from .env"));
    let own = "CODEAGENT_BASE_URL=https://models.example\nHF_TOKEN=hf_fromdotenv";
    assert!(travels(&[], own, Flags::new()).0);
    let hub = "CODEAGENT_BASE_URL=https://x.endpoints.huggingface.cloud";
    assert!(travels(&token, hub, Flags::new()).0);
}

#[test]
fn an_old_gemini_set_up_is_told_how_to_move() {
    let settings = settings(&[], "GEMINI_API_KEY=abc", "", Flags::new());
    assert!(settings.notices.iter().any(|notice| notice.contains("GEMINI_API_KEY")));
}

#[test]
fn every_bad_setting_gets_one_clear_sentence() {
    let cases = [
        complaint(&[], "", flag("theme", "disco")),
        complaint(&[("CODEAGENT_ENGINE", "magic")], "", Flags::new()),
        complaint(&[], "", flag("base_url", "https://api-inference.huggingface.co")),
        complaint(&[], "", flag("base_url", "nonsense")),
        complaint(&[], "", flag("model", "two words")),
        complaint(&[], "", flag("model", "esc\u{1b}[2J")),
        complaint(&[], "[retry]\nattempts = 0", Flags::new()),
        complaint(&[], "modell = 'x'", Flags::new()),
        complaint(&[], "hf_token = 'hf_secret'", Flags::new()),
        complaint(&[], "model = 'x'\nmodel = 'y'", Flags::new()),
        complaint(&[], "", flag("max_tokens", "many")),
        complaint(&[], "mouse = 'maybe'", Flags::new()),
        complaint(&[], "notify = 'loudly'", Flags::new()),
    ];
    insta::assert_snapshot!(cases.join("\n"));
}

#[test]
fn a_malformed_dotenv_names_the_line_and_not_what_is_on_it() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(".env"), "A=1\nHF TOKEN hf_secretsecret\n").unwrap();
    let error = Surroundings::new([], folder.path().to_owned()).unwrap_err().to_string();
    assert!(error.contains(".env line 2") && !error.contains("secret"), "{error}");
}

#[test]
fn accounts_are_asked_for_at_huggingface_or_where_the_user_says() {
    const HF: (&str, &str) = ("HF_TOKEN", "hf_testtesttest");
    const MIRROR: (&str, &str) = ("HF_ENDPOINT", "https://mirror.example/");
    const LOCAL: (&str, &str) = ("CODEAGENT_BASE_URL", "http://localhost:11434/v1");
    let hub = |env: &[_], dotenv| settings(env, dotenv, "", Flags::new()).hub;
    let asked = |env: &[_], dotenv| hub(env, dotenv).map(|hub| hub.base.below("x")).unwrap();
    let why = |env: &[_], dotenv| hub(env, dotenv).unwrap_err();
    assert_eq!(asked(&[HF], ""), "https://huggingface.co/x");
    assert_eq!(asked(&[HF, MIRROR], ""), "https://mirror.example/x");
    assert_eq!(asked(&[HF, MIRROR, LOCAL], ""), "https://mirror.example/x");
    assert_eq!(why(&[], ""), "there is no HuggingFace token");
    assert_eq!(why(&[HF, LOCAL], ""), "games are made by a server that is not HuggingFace's");
    let key = ("HF_TOKEN", "AIza-another-server");
    let foreign = "the token from HF_TOKEN in the environment is not one of HuggingFace";
    assert_eq!(why(&[key, MIRROR], ""), foreign);
    assert!(why(&[HF, ("HF_ENDPOINT", "http://mirror.example")], "").contains("is not https"));
    let refusal = why(&[HF], "HF_ENDPOINT=https://evil.example");
    assert!(refusal.contains("to send it, set HF_ENDPOINT in the environment"), "{refusal}");
    assert!(why(&[HF, ("HF_ENDPOINT", "nonsense")], "").starts_with("HF_ENDPOINT cannot be used"));
    let (_folder, around) = around(&[HF], "", "");
    let offline = resolve(flag("engine", "offline"), &around).unwrap();
    assert!(offline.is_shut_off() && offline.hub.is_err());
    assert!(!settings(&[], "", "", Flags::new()).is_shut_off(), "nobody said so");
}

#[test]
fn every_setting_is_told_without_what_looks_like_a_token() {
    let env = [
        ("HF_TOKEN", "hf_secretsecret"),
        ("CODEAGENT_BASE_URL", "https://a.b/v1?k=hf_secretsecret"),
    ];
    let told = settings(&env, "", "", Flags::new()).told;
    assert_eq!(told.len(), KEYS.len());
    assert!(told.iter().all(|(_, setting)| !setting.value.contains("secret")), "{told:?}");
    let (_, base) = told.iter().find(|(name, _)| *name == "base_url").unwrap();
    assert_eq!(base.value, "https://a.b/v1?***");
}
