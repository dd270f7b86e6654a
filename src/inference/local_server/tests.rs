//! Lists as each server writes them, and what is told of them.

use super::*;

const LLAMA: &str = r#"{"models":[{"name":"q"}],"object":"list","data":[{"id":"qwen2.5-coder-7b",
    "object":"model","owned_by":"llamacpp","meta":{"n_ctx_train":32768,"size":4677120000}}]}"#;
const OLLAMA: &str = r#"{"object":"list","data":[
    {"id":"llama3:8b","object":"model","owned_by":"library"},
    {"id":"nomic-embed-text:latest","object":"model","owned_by":"library"},
    {"id":"qwen2.5-coder:7b","object":"model","owned_by":"library"}]}"#;
const TAGS: &str = r#"{"models":[{"name":"llama3:8b","size":4661224676},
    {"name":"qwen2.5-coder:7b","model":"qwen2.5-coder:7b","size":4683087332}]}"#;
const PS: &str =
    r#"{"models":[{"name":"qwen2.5-coder:7b","size":6000000000,"context_length":8192}]}"#;
const STUDIO: &str = r#"{"object":"list","data":[{"id":"qwen2.5-coder-14b","object":"model",
    "owned_by":"organization_owner"}]}"#;
const V0: &str = r#"{"object":"list","data":[{"id":"qwen2.5-coder-14b","type":"llm",
    "state":"not-loaded","max_context_length":32768}]}"#;
const VLLM: &str = r#"{"object":"list","data":[{"id":"Qwen/Qwen2.5-Coder-7B-Instruct",
    "owned_by":"vllm","max_model_len":16384}]}"#;

fn read(list: &str, port: u16, details: &[&str]) -> LocalServer {
    let kind = LocalServerKind::recognise(list, port).unwrap();
    let details: Vec<_> = details.iter().map(|body| Some((*body).to_owned())).collect();
    LocalServer::parse(kind, format!("http://127.0.0.1:{port}/v1"), list, &details).unwrap()
}

/// A model's name, size, context, and whether it is loaded.
type Facts<'s> = (&'s str, Option<u64>, Option<u64>, Option<bool>);

fn facts(server: &LocalServer) -> Vec<Facts<'_>> {
    let facts = |model: &'_ LocalModel| (model.bytes, model.context, model.is_loaded);
    let rows = server.models.iter().map(|model| (model.id.as_str(), facts(model)));
    rows.map(|(id, (bytes, context, loaded))| (id, bytes, context, loaded)).collect()
}

#[test]
fn each_server_is_recognised_on_any_port_and_tells_what_it_has() {
    let llama = read(LLAMA, 8471, &[r#"{"default_generation_settings":{"n_ctx":8192}}"#]);
    assert_eq!(llama.kind, LocalServerKind::LlamaServer);
    let row = ("qwen2.5-coder-7b", Some(4_677_120_000), Some(8_192), Some(true));
    assert_eq!(facts(&llama), [row]);
    let ollama = read(OLLAMA, 9, &[TAGS, PS]);
    assert_eq!(ollama.kind, LocalServerKind::Ollama);
    let rows = [
        ("qwen2.5-coder:7b", Some(4_683_087_332), Some(8_192), Some(true)),
        ("llama3:8b", Some(4_661_224_676), None, Some(false)),
    ];
    assert_eq!(facts(&ollama), rows, "what is loaded comes first, embeddings not at all");
    assert_eq!(ollama.options(), "--base-url http://127.0.0.1:9/v1 --model qwen2.5-coder:7b");
    let studio = read(STUDIO, 1_234, &[V0]);
    assert_eq!(studio.kind, LocalServerKind::LmStudio);
    assert_eq!(facts(&studio), [("qwen2.5-coder-14b", None, Some(32_768), Some(false))]);
    let vllm = read(VLLM, 8_000, &[]);
    assert_eq!(vllm.kind, LocalServerKind::Vllm);
    let row = ("Qwen/Qwen2.5-Coder-7B-Instruct", None, Some(16_384), Some(true));
    assert_eq!(facts(&vllm), [row]);
}

#[test]
fn what_is_no_model_server_is_none() {
    for body in ["", "<html>", "[]", "{}", r#"{"data":[]}"#, r#"{"data":{"user":1}}"#] {
        assert_eq!(LocalServerKind::recognise(body, 8_080), None, "{body}");
    }
    let empty = r#"{"object":"list","data":[]}"#;
    assert_eq!(LocalServerKind::recognise(empty, 11_434), Some(LocalServerKind::Ollama));
    assert_eq!(LocalServerKind::recognise(empty, 8_000), Some(LocalServerKind::Other));
}

#[test]
fn the_way_to_a_free_model_is_told_for_what_is_there() {
    let ollama = read(OLLAMA, 11_434, &[TAGS, PS]);
    let servers = LocalServers { found: vec![ollama.clone()], ..LocalServers::default() };
    let offer = "Ollama on this machine has qwen2.5-coder:7b, free with \
        --base-url http://127.0.0.1:11434/v1 --model qwen2.5-coder:7b";
    assert_eq!(servers.offer().as_deref(), Some(offer));
    let empty = LocalServer { models: Vec::new(), ..ollama };
    let empty = LocalServers { found: vec![empty], ..LocalServers::default() };
    assert_eq!(empty.offer(), None);
    assert!(empty.advice("linux").contains("has no model"));
    let loading = LocalServer::loading("http://127.0.0.1:8080/v1".to_owned());
    let loading = LocalServers { found: vec![loading], ..LocalServers::default() };
    assert!(loading.offer().is_none() && loading.advice("linux").contains("still loading"));
    let installed =
        LocalServers { programs: vec![LocalProgram::Ollama], ..LocalServers::default() };
    assert!(installed.advice("linux").starts_with("Ollama is installed"));
    for (os, word) in [("linux", "releases"), ("macos", "brew"), ("windows", "winget")] {
        let advice = LocalServers::default().advice(os);
        assert!(advice.contains(word) && advice.lines().count() == 2, "{advice}");
    }
}

#[test]
fn a_broken_detail_loses_no_model() {
    for detail in ["", "[]", r#"{"models":3}"#, r#"{"models":[{"name":5,"size":"x"}]}"#] {
        let server = read(OLLAMA, 11_434, &[detail, detail]);
        assert_eq!(server.models.len(), 2, "{detail}");
    }
}
