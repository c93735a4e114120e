use super::*;
use crate::providers::puppet::Puppet;
use crate::testing;
use atelier_types::api::ModelAddRequest;
use atelier_types::model::{EndpointConfig, ModelConfig, ModelSource};
use atelier_types::provider::Params;

const DRAFT: &str = "---\nname: Greet\ninputs:\n  - name: who\n    kind: string\n---\nuser:\nSay hello to {{ who }}\n";

struct Bench {
    studio: Studio,
    puppets: HashMap<ModelName, Arc<Puppet>>,
    events: crate::api::Subscription,
    _folder: tempfile::TempDir,
}

/// A studio with the models `a` and `b`, whose strings the test pulls.
async fn bench() -> Bench {
    let folder = tempfile::tempdir().unwrap();
    let studio = testing::studio(folder.path()).await;
    let config = EndpointConfig {
        dialect: Default::default(),
        base_url: "http://localhost:1/v1".to_owned(),
        key: Default::default(),
        max_concurrency: None,
        requests_per_minute: None,
        tokens_per_minute: None,
        timeout_millis: None,
    };
    let endpoint = atelier_types::api::EndpointAddRequest { name: "server".into(), config };
    crate::api::models::add_endpoint(&studio, endpoint).await.unwrap();
    for name in ["a", "b"] {
        let source = ModelSource::Endpoint { endpoint: "server".into(), id: name.to_owned() };
        let config = ModelConfig { source, params: Params::default(), price: None };
        crate::api::models::add(&studio, ModelAddRequest { name: name.into(), config }).await.unwrap();
    }
    let caller = crate::api::models::caller(&studio).await.unwrap();
    let mut puppets = HashMap::new();
    for name in ["a", "b"].map(ModelName::from) {
        let puppet = Arc::new(Puppet::by_hand());
        caller.put_provider(&name, puppet.clone()).await;
        puppets.insert(name, puppet);
    }
    let events = studio.events().subscribe();
    Bench { studio, puppets, events, _folder: folder }
}

fn request(models: &[&str]) -> PlaygroundRequest {
    PlaygroundRequest {
        name: "greet".into(),
        text: DRAFT.to_owned(),
        inputs: serde_json::from_str(r#"{"who":"Ada"}"#).unwrap(),
        row: None,
        models: models.iter().map(|name| (*name).into()).collect(),
        params: Params { max_tokens: Some(9), ..Params::default() },
    }
}

impl Bench {
    fn puppet(&self, name: &str) -> Arc<Puppet> {
        self.puppets[&ModelName::from(name)].clone()
    }

    /// Waits for the outputs of so many models, and gives the text that was streamed to each before.
    async fn finished(&mut self, count: usize) -> HashMap<ModelName, (String, Output)> {
        let mut streamed: HashMap<ModelName, String> = HashMap::new();
        let mut outputs = HashMap::new();
        while outputs.len() < count {
            for event in self.events.next_batch().await {
                match event {
                    Event::PlaygroundDelta { model, text, .. } => streamed.entry(model).or_default().push_str(&text),
                    Event::PlaygroundDone { model, output, .. } => {
                        let text = streamed.get(&model).cloned().unwrap_or_default();
                        outputs.insert(model, (text, *output));
                    }
                    _ => {}
                }
            }
        }
        outputs
    }

    fn num_stored(&self) -> i64 {
        let store = &self.studio.session().unwrap().store;
        store.read(|connection| connection.query_row("SELECT count(*) FROM outputs", [], |row| row.get(0))).unwrap()
    }
}

#[tokio::test]
async fn each_model_streams_to_its_pane_and_its_output_is_stored() {
    let mut bench = bench().await;
    run(&bench.studio, request(&["a", "b", "a"])).await.unwrap();
    for name in ["a", "b"] {
        let pending = bench.puppet(name).next().await;
        assert_eq!(pending.request.messages[0].content.trim(), "Say hello to Ada");
        assert_eq!(pending.request.params.max_tokens, Some(9));
        pending.text("Hello from ");
        pending.text(name);
        pending.end();
    }
    let outputs = bench.finished(2).await;
    for name in ["a", "b"] {
        let (streamed, output) = &outputs[&ModelName::from(name)];
        assert_eq!((streamed, &output.text), (&format!("Hello from {name}"), streamed));
        assert_eq!(output.receipt.prompt.as_ref().unwrap().as_str(), "greet");
        assert_eq!(output.receipt.version.as_ref().unwrap().as_str().len(), 64);
    }
    assert_eq!(bench.num_stored(), 2);
}

#[tokio::test]
async fn one_model_is_stopped_and_the_other_goes_on() {
    let mut bench = bench().await;
    let playground = run(&bench.studio, request(&["a", "b"])).await.unwrap();
    let (stopped, other) = (bench.puppet("a").next().await, bench.puppet("b").next().await);
    let model = Some("a".into());
    cancel(&bench.studio, PlaygroundCancelRequest { playground, model }).await.unwrap();
    stopped.dropped().await;
    assert!(!other.is_dropped());
    other.end();
    let outputs = bench.finished(2).await;
    let error = |name: &str| outputs[&ModelName::from(name)].1.error.as_ref().map(|error| error.category.clone());
    assert_eq!((error("a"), error("b")), (Some(ErrorCategory::Cancelled), None));
}

#[tokio::test]
async fn whole_round_is_stopped_and_forgotten() {
    let mut bench = bench().await;
    let playground = run(&bench.studio, request(&["a", "b"])).await.unwrap();
    for name in ["a", "b"] {
        bench.puppet(name).next().await.text("so far");
    }
    let stop = PlaygroundCancelRequest { playground, model: None };
    cancel(&bench.studio, stop.clone()).await.unwrap();
    assert_eq!(bench.finished(2).await.len(), 2);
    assert_eq!(bench.studio.rounds().open().len(), 0);
    cancel(&bench.studio, stop).await.unwrap();
}

#[tokio::test]
async fn draft_that_cannot_be_run_says_where() {
    let bench = bench().await;
    let broken = PlaygroundRequest { text: DRAFT.replace("{{ who }}", "{{ who"), ..request(&["a"]) };
    let error = run(&bench.studio, broken).await.unwrap_err();
    assert_eq!(error.location.unwrap().line, Some(8));
    let error = run(&bench.studio, request(&[])).await.unwrap_err();
    assert_eq!(error.code, "playground.no_model");
    let row = Some(RowRef { dataset: "articles".into(), index: 9_999 });
    let error = run(&bench.studio, PlaygroundRequest { row, ..request(&["a"]) }).await.unwrap_err();
    assert_eq!(error.code, "dataset.no_row");
    assert_eq!(bench.puppet("a").requests().len(), 0);
}
