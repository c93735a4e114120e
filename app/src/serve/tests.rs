use super::*;
use atelier_core::support::{Env, Memory, Paths, SeededRandom, SystemClock};
use atelier_types::api::AccessRole;
use serde_json::{Value, json};

struct NoKeys;

impl atelier_core::support::KeyStore for NoKeys {
    fn get(&self, _account: &str) -> Result<Option<String>, String> {
        Ok(None)
    }

    fn set(&self, _account: &str, _key: Option<&str>) -> Result<(), String> {
        Err("This test has no keychain".to_owned())
    }
}

/// A server on a free port with one token for each role; the token is the role's name, eight times over.
struct Served {
    address: SocketAddr,
    client: reqwest::Client,
    _folder: tempfile::TempDir,
}

fn token(role: &str) -> String {
    role.repeat(8)
}

async fn served() -> Served {
    let folder = tempfile::tempdir().unwrap();
    let web = folder.path().join("web");
    std::fs::create_dir(&web).unwrap();
    std::fs::write(web.join("index.html"), "<!doctype html>").unwrap();
    std::fs::write(folder.path().join("secret.txt"), "not for the web").unwrap();
    let tokens = folder.path().join("tokens");
    let lines = ["reader", "reviewer", "editor", "owner"].map(|role| format!("{role} {role} {}\n", token(role)));
    std::fs::write(&tokens, lines.concat()).unwrap();
    let client = reqwest::Client::new();
    let env = Env {
        clock: Arc::new(SystemClock),
        random: Arc::new(SeededRandom::new(1)),
        keys: Arc::new(NoKeys),
        variables: Arc::new(|_| None),
        memory: Arc::new(Memory::default),
        paths: Paths {
            data: folder.path().join("data"),
            demo: folder.path().join("demo"),
            builtin_models: folder.path().join("models"),
            interpreter: folder.path().join("script.wasm"),
            engine: folder.path().join("atelier-engine"),
        },
        http: client.clone(),
        fallback_author: ("Test".to_owned(), "test@localhost".to_owned()),
    };
    let options = Options {
        address: SocketAddr::from(([127, 0, 0, 1], 0)),
        access: Access::from_file(&tokens).unwrap(),
        host_names: Vec::new(),
        tls: None,
        web,
    };
    let server = Server::bind(Studio::new(env), options).unwrap();
    let address = server.address();
    tokio::spawn(server.run(std::future::pending()));
    Served { address, client, _folder: folder }
}

impl Served {
    fn post(&self, verb: &str, role: &str) -> reqwest::RequestBuilder {
        let request = self.client.post(format!("http://{}/api/{verb}", self.address));
        request.bearer_auth(token(role)).body("{}")
    }

    fn get(&self, path: &str) -> reqwest::RequestBuilder {
        self.client.get(format!("http://{}{path}", self.address))
    }
}

async fn answer(request: reqwest::RequestBuilder) -> (u16, Value) {
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap_or(Value::Null))
}

#[tokio::test]
async fn owner_is_answered_and_unknown_token_is_not() {
    let served = served().await;
    assert_eq!(answer(served.post("workspace.current", "owner")).await, (200, Value::Null));
    let (status, body) = answer(served.post("workspace.current", "nobody")).await;
    assert_eq!((status, &body["code"]), (401, &json!("serve.no_token")));
    let (status, body) = answer(served.get("/api/events")).await;
    assert_eq!((status, &body["code"]), (401, &json!("serve.no_token")));
}

#[tokio::test]
async fn each_verb_is_denied_below_its_role() {
    let served = served().await;
    let roles = [AccessRole::Reader, AccessRole::Reviewer, AccessRole::Editor, AccessRole::Owner];
    let names = ["reader", "reviewer", "editor", "owner"];
    for verb in atelier_types::api::VERBS {
        for (role, name) in roles.iter().zip(names) {
            if *role < verb.role {
                let (status, body) = answer(served.post(verb.name, name)).await;
                assert_eq!((status, &body["code"]), (403, &json!("api.forbidden")), "{} as {name}", verb.name);
            }
        }
    }
}

#[tokio::test]
async fn foreign_names_and_pages_are_refused() {
    let served = served().await;
    for (header, value) in [
        ("host", "attacker.example"),
        ("origin", "http://attacker.example"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
    ] {
        let (status, body) = answer(served.post("workspace.current", "owner").header(header, value)).await;
        assert_eq!((status, &body["code"]), (403, &json!("serve.refused")), "{header}: {value}");
    }
    let own_page = format!("http://{}", served.address);
    assert_eq!(answer(served.post("workspace.current", "owner").header("origin", own_page)).await.0, 200);
}

#[tokio::test]
async fn only_the_web_files_are_served_and_with_a_strict_policy() {
    let served = served().await;
    let index = served.get("/").send().await.unwrap();
    assert_eq!(index.status().as_u16(), 200);
    let policy = index.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe-inline"), "{policy}");
    for path in ["/secret.txt", "/..%2Fsecret.txt", "/%2e%2e/secret.txt", "/data"] {
        assert_eq!(served.get(path).send().await.unwrap().status().as_u16(), 404, "{path}");
    }
}

#[tokio::test]
async fn wrong_json_and_unknown_verbs_are_named() {
    let served = served().await;
    let (status, body) = answer(served.post("prompts.show", "owner").body("{")).await;
    assert_eq!((status, &body["code"]), (400, &json!("api.bad_request")));
    let (status, body) = answer(served.post("prompts.shout", "owner")).await;
    assert_eq!((status, &body["code"]), (404, &json!("api.unknown_verb")));
}

#[test]
fn short_tokens_and_unknown_roles_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    for line in ["a owner short", "a king 0123456789012345678901234567890123456789", "a owner"] {
        let file = folder.path().join("tokens");
        std::fs::write(&file, line).unwrap();
        assert_eq!(Access::from_file(&file).err().unwrap().code, "serve.bad_tokens");
    }
}
