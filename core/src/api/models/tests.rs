use super::*;
use crate::providers::stand_in::{Reply, StandIn};
use crate::testing;
use atelier_types::api::Secret;
use atelier_types::model::{EndpointState, LoadState, ModelConfig, ModelSource, WeightsFormat};

async fn studio() -> (tempfile::TempDir, Studio) {
    let folder = tempfile::tempdir().unwrap();
    let studio = testing::studio(folder.path()).await;
    (folder, studio)
}

fn endpoint_at(base_url: &str, key: KeySource) -> EndpointAddRequest {
    let config = EndpointConfig {
        dialect: Default::default(),
        base_url: base_url.to_owned(),
        key,
        max_concurrency: None,
        requests_per_minute: None,
        tokens_per_minute: None,
        timeout_millis: None,
    };
    EndpointAddRequest { name: "server".into(), config }
}

fn model(name: &str, source: ModelSource) -> ModelAddRequest {
    ModelAddRequest { name: name.into(), config: ModelConfig { source, params: Params::default(), price: None } }
}

fn served(id: &str) -> ModelAddRequest {
    model("remote", ModelSource::Endpoint { endpoint: "server".into(), id: id.to_owned() })
}

fn local(path: &str) -> ModelAddRequest {
    model("local", ModelSource::Local { path: path.to_owned() })
}

fn named(name: &str) -> ModelRequest {
    ModelRequest { name: name.into() }
}

#[tokio::test]
async fn what_is_added_is_listed_and_can_be_removed() {
    let (_folder, studio) = studio().await;
    add_endpoint(&studio, endpoint_at("http://localhost:1/v1", KeySource::None)).await.unwrap();
    add(&studio, served("small-1")).await.unwrap();
    add(&studio, local("nowhere")).await.unwrap();
    let overview = list(&studio, Nothing {}).await.unwrap();
    let remote: Vec<_> = overview.remote.iter().filter(|one| one.name.as_str() == "remote").collect();
    assert_eq!((remote.len(), remote[0].id.as_str(), remote[0].speed), (1, "small-1", None));
    let server = overview.endpoints.iter().find(|one| one.name.as_str() == "server").unwrap();
    assert_eq!((server.has_key, &server.state), (true, &EndpointState::NotAsked));
    let weights = overview.local.iter().find(|one| one.name.as_str() == "local").unwrap();
    assert_eq!(weights.problem.as_ref().unwrap().code, "model.missing");
    for name in ["remote", "local"] {
        remove(&studio, named(name)).await.unwrap();
    }
    remove_endpoint(&studio, EndpointRequest { name: "server".into() }).await.unwrap();
    let overview = list(&studio, Nothing {}).await.unwrap();
    assert!(overview.remote.iter().all(|one| one.name.as_str() != "remote"));
    assert!(overview.endpoints.iter().all(|one| one.name.as_str() != "server"));
}

#[tokio::test]
async fn wrong_requests_have_their_codes_and_change_nothing() {
    let (folder, studio) = studio().await;
    let file = folder.path().join("workspace/atelier.toml");
    let before = std::fs::read(&file).unwrap();
    let mut codes = Vec::new();
    for address in ["localhost:1", "https://me:secret@example.com/v1"] {
        let error = add_endpoint(&studio, endpoint_at(address, KeySource::None)).await.unwrap_err();
        assert!(!error.to_string().contains("secret@"), "{error}");
        codes.push(error.code);
    }
    codes.push(add(&studio, model(" ", ModelSource::Local { path: "x".to_owned() })).await.unwrap_err().code);
    codes.push(remove(&studio, named("nobody")).await.unwrap_err().code);
    codes.push(remove_endpoint(&studio, EndpointRequest { name: "nobody".into() }).await.unwrap_err().code);
    codes.push(probe(&studio, named("nobody")).await.unwrap_err().code);
    codes.push(load(&studio, named("nobody")).await.unwrap_err().code);
    let expected = [
        "endpoint.bad_address",
        "endpoint.bad_address",
        "model.bad_name",
        "model.unknown",
        "endpoint.unknown",
        "model.unknown",
        "model.unknown",
    ];
    assert_eq!(codes, expected);
    assert_eq!(std::fs::read(&file).unwrap(), before);
}

#[tokio::test]
async fn key_goes_to_the_keychain_and_into_no_file() {
    const KEY: &str = "tk-abcdefghijklmnop";
    let (folder, studio) = studio().await;
    let stand_in = StandIn::start(vec![
        Reply::status("200 OK", "", r#"{"data":[{"id":"small-1"}]}"#),
        Reply::status(
            "200 OK",
            "",
            r#"{"model":"small-1","choices":[{"message":{"content":"ready"},"finish_reason":"stop"}]}"#,
        ),
    ])
    .await;
    add_endpoint(&studio, endpoint_at(&stand_in.base_url, KeySource::Env("UNSET".to_owned()))).await.unwrap();
    add(&studio, served("small-1")).await.unwrap();
    let missing = probe(&studio, named("remote")).await.unwrap_err();
    assert_eq!(missing.code, "provider.auth");
    assert!(missing.action.unwrap().contains("keychain"));
    let key = Some(Secret(KEY.to_owned()));
    set_key(&studio, SetKeyRequest { endpoint: "server".into(), key }).await.unwrap();
    let answer = probe(&studio, named("remote")).await.unwrap();
    assert_eq!((answer.text.as_str(), answer.reported_model.as_deref()), ("ready", Some("small-1")));
    assert_eq!(answer.available, ["small-1"]);
    assert!(stand_in.seen().iter().all(|seen| seen.head.contains(&format!("authorization: bearer {KEY}"))));
    let overview = list(&studio, Nothing {}).await.unwrap();
    let server = overview.endpoints.iter().find(|one| one.name.as_str() == "server").unwrap();
    assert!(server.has_key && matches!(server.state, EndpointState::Answered { .. }), "{server:?}");
    assert_eq!(server.config.key, KeySource::Keychain);
    assert!(files_below(folder.path()).iter().all(|bytes| !bytes.windows(KEY.len()).any(|at| at == KEY.as_bytes())));
}

fn files_below(folder: &Path) -> Vec<Vec<u8>> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![std::fs::read(path).unwrap()] })
        .collect()
}

#[tokio::test]
async fn endpoint_that_does_not_answer_is_said_with_its_action() {
    let (_folder, studio) = studio().await;
    let stand_in = StandIn::start(vec![
        Reply::status("404 Not Found", "", ""),
        Reply::status("401 Unauthorized", "", r#"{"error":{"message":"wrong key"}}"#),
    ])
    .await;
    add_endpoint(&studio, endpoint_at(&stand_in.base_url, KeySource::None)).await.unwrap();
    add(&studio, served("small-1")).await.unwrap();
    let error = probe(&studio, named("remote")).await.unwrap_err();
    assert_eq!((error.code.as_str(), &error.causes[..]), ("provider.auth", &["wrong key (HTTP 401)".to_owned()][..]));
    assert!(error.action.is_some());
    let overview = list(&studio, Nothing {}).await.unwrap();
    let server = overview.endpoints.iter().find(|one| one.name.as_str() == "server").unwrap();
    assert!(matches!(server.state, EndpointState::Failed { .. }), "{server:?}");
}

#[tokio::test]
async fn local_weights_are_described_and_hashed() {
    let (folder, studio) = studio().await;
    let weights = folder.path().join("models/demo");
    std::fs::create_dir_all(&weights).unwrap();
    std::fs::write(weights.join("config.json"), r#"{"torch_dtype":"float32","max_position_embeddings":64}"#).unwrap();
    std::fs::write(weights.join("model.safetensors"), "abc").unwrap();
    add(&studio, local("builtin:demo")).await.unwrap();
    let overview = list(&studio, Nothing {}).await.unwrap();
    let listed = overview.local.iter().find(|one| one.name.as_str() == "local").unwrap();
    assert_eq!((listed.format, listed.quantisation.as_deref()), (Some(WeightsFormat::Safetensors), Some("F32")));
    assert_eq!((listed.disk_bytes, listed.context_tokens, listed.is_builtin), (Some(3), Some(64), true));
    assert_eq!((&listed.load_state, &listed.problem), (&LoadState::Unloaded, &None));
    let hashes = verify(&studio, named("local")).await.unwrap();
    let of_abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(hashes["files"]["model.safetensors"], of_abc);
}

#[tokio::test]
async fn engine_that_is_not_installed_is_said() {
    let (folder, studio) = studio().await;
    std::fs::create_dir_all(folder.path().join("models/demo")).unwrap();
    add(&studio, local("builtin:demo")).await.unwrap();
    assert_eq!(load(&studio, named("local")).await.unwrap_err().code, "engine.missing");
    assert_eq!(probe(&studio, named("local")).await.unwrap_err().code, "engine.missing");
    unload(&studio, named("local")).await.unwrap();
}
