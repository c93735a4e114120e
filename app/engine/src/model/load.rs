//! Loading: checks, mistral.rs, and a first token as proof.
//!
//! mistral.rs blocks its thread for the whole load and panics on some broken files, so it gets a thread of its own and a
//! net below. It never gets a path that does not exist, which it would look up on a hub.

use super::{Defaults, Facts, Identity, Model, is_cpu_build};
use crate::encoder::{self, Decoder, Encoder};
use crate::generate::{self, Event, Generation, Listener, Prompt, Sampling};
use crate::memory;
use crate::weights::{self, Format, LoadFault, Weights};
use mistralrs::core::{
    AutoDeviceMapParams, DefaultSchedulerMethod, DeviceMapSetting, GGUFLoaderBuilder, GGUFSpecificConfig,
    MistralRsBuilder, Pipeline, SchedulerConfig,
};
use mistralrs::llguidance::api::TopLevelGrammar;
use mistralrs::{EmbeddingModelBuilder, ModelBuilder, ModelDType, ModelGenerationDefaults, TokenSource, best_device};
use std::any::Any;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};
use tokio::sync::{Mutex, mpsc, oneshot, watch};

/// Bytes of key-value cache that finished answers may keep, so that prompts with a common beginning start sooner.
const PREFIX_CACHE_BYTES: usize = 1 << 30;
/// Length that is assumed for a cached sequence.
const CACHED_SEQUENCE_TOKENS: usize = 2048;
const MAX_CACHED_SEQUENCES: usize = 16;

/// What a load results in.
pub enum Loaded {
    Text(LoadedText),
    Vectors(LoadedVectors),
}

/// What gives vectors of texts.
pub enum VectorModel {
    Encoder(Arc<Encoder>),
    Decoder(Box<Decoder>),
}

impl VectorModel {
    /// Of one text.
    pub fn max_tokens(&self) -> usize {
        match self {
            Self::Encoder(encoder) => encoder.max_tokens(),
            Self::Decoder(decoder) => decoder.max_tokens(),
        }
    }
}

/// A model that gives vectors.
pub struct LoadedVectors {
    pub model: VectorModel,
    /// Where mistral.rs holds it.
    pub presence: Option<Presence>,
    pub identity: Identity,
    /// Memory that the load took, where the system says.
    pub resident_bytes: Option<u64>,
}

/// A model that answers.
pub struct LoadedText {
    pub model: Model,
    pub identity: Identity,
    /// Memory that the load took, where the system says.
    pub resident_bytes: Option<u64>,
    pub presence: Presence,
}

/// Tells whether mistral.rs still holds a model that was dropped.
#[derive(Clone)]
pub struct Presence(Weak<Mutex<dyn Pipeline>>);

impl Presence {
    pub fn is_gone(&self) -> bool {
        self.0.strong_count() == 0
    }
}

pub async fn load(path: PathBuf) -> Result<Loaded, LoadFault> {
    let (sender, receiver) = oneshot::channel();
    let work = move || {
        let outcome = catch_unwind(AssertUnwindSafe(|| load_here(&path)));
        let outcome =
            outcome.unwrap_or_else(|payload| Err(LoadFault::Panicked { cause: panic_text(payload.as_ref()) }));
        let _requester_may_be_gone = sender.send(outcome);
    };
    let lost = |cause: String| LoadFault::Panicked { cause };
    std::thread::Builder::new().name("load".to_owned()).spawn(work).map_err(|error| lost(error.to_string()))?;
    receiver.await.map_err(|_| lost("the thread ended".to_owned()))?
}

fn panic_text(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("it did not say why").to_owned()
}

fn load_here(path: &Path) -> Result<Loaded, LoadFault> {
    let weights = weights::inspect(path)?;
    let before = memory::resident_bytes();
    let grown = || memory::resident_bytes().zip(before).map(|(after, before)| after.saturating_sub(before));
    if weights.format == Format::Folder && encoder::is_encoder(&weights.path) {
        let identity = Identity::of(&weights)?;
        let model = VectorModel::Encoder(Arc::new(load_encoder(&weights.path)?));
        return Ok(Loaded::Vectors(LoadedVectors { model, presence: None, identity, resident_bytes: grown() }));
    }
    // A runtime with one thread also makes mistral.rs skip its own trial run, whose failure it would not report.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| LoadFault::Refused { causes: vec![error.to_string()] })?;
    if weights.is_decoder {
        let identity = Identity::of(&weights)?;
        let (decoder, presence) = runtime.block_on(load_decoder(&weights.path))?;
        let (model, presence) = (VectorModel::Decoder(Box::new(decoder)), Some(presence));
        return Ok(Loaded::Vectors(LoadedVectors { model, presence, identity, resident_bytes: grown() }));
    }
    let (identity, built) = std::thread::scope(|scope| {
        let identity = scope.spawn(|| Identity::of(&weights));
        let built = runtime.block_on(build(&weights));
        (identity.join(), built)
    });
    let identity = identity.map_err(|payload| LoadFault::Panicked { cause: panic_text(payload.as_ref()) })??;
    let (model, presence) =
        built.map_err(|error| LoadFault::Refused { causes: error.chain().map(ToString::to_string).collect() })?;
    runtime.block_on(probe(&model))?;
    Ok(Loaded::Text(LoadedText { model, identity, resident_bytes: grown(), presence }))
}

/// With a first text as proof.
fn load_encoder(path: &Path) -> Result<Encoder, LoadFault> {
    let refused = |cause: String| LoadFault::Refused { causes: vec![cause] };
    let device = best_device(is_cpu_build()).map_err(|error| refused(error.to_string()))?;
    let encoder = Encoder::load(path, &device).map_err(refused)?;
    encoder.embed(&["text".to_owned()]).map_err(refused)?;
    Ok(encoder)
}

/// With a first text as proof.
async fn load_decoder(path: &Path) -> Result<(Decoder, Presence), LoadFault> {
    let refused = |cause: String| LoadFault::Refused { causes: vec![cause] };
    let mut builder = EmbeddingModelBuilder::new(path.display()).with_token_source(TokenSource::None);
    if is_cpu_build() {
        builder = builder.with_force_cpu().with_dtype(ModelDType::F32);
    }
    let built = mistralrs::model_builder_trait::build_embedding_pipeline(builder).await;
    let (pipeline, _scheduler, _config) =
        built.map_err(|error| LoadFault::Refused { causes: error.chain().map(ToString::to_string).collect() })?;
    let presence = Presence(Arc::downgrade(&pipeline));
    let runner = MistralRsBuilder::new(pipeline, one_at_a_time(), false, None).build().await;
    let decoder = Decoder::new(path, mistralrs::Model::new(runner)).map_err(refused)?;
    decoder.embed(&["text".to_owned()]).await.map_err(refused)?;
    Ok((decoder, presence))
}

fn one_at_a_time() -> SchedulerConfig {
    SchedulerConfig::DefaultScheduler { method: DefaultSchedulerMethod::Fixed(NonZeroUsize::MIN) }
}

async fn build(weights: &Weights) -> anyhow::Result<(Model, Presence)> {
    let pipeline = match weights.format {
        Format::Folder => build_folder(&weights.path).await?,
        Format::Gguf => build_gguf(&weights.path)?,
    };
    let facts = facts(&*pipeline.lock().await)?;
    let num_cached = num_cached_sequences(&*pipeline.lock().await);
    let presence = Presence(Arc::downgrade(&pipeline));
    let builder = MistralRsBuilder::new(pipeline, one_at_a_time(), false, None);
    let builder = builder.with_prefix_cache_n(num_cached).with_no_prefix_cache(num_cached == 0);
    let runner = builder.build().await;
    Ok((Model { runner, facts: Arc::new(facts) }, presence))
}

type SharedPipeline = Arc<Mutex<dyn Pipeline>>;

async fn build_folder(path: &Path) -> anyhow::Result<SharedPipeline> {
    let mut builder = ModelBuilder::new(path.display()).with_token_source(TokenSource::None).with_max_num_seqs(1);
    if is_cpu_build() {
        // F32 is exact against a reference and decodes faster than F16 on a CPU.
        builder = builder.with_force_cpu().with_dtype(ModelDType::F32);
    }
    let (pipeline, _scheduler, _config) = mistralrs::model_builder_trait::build_auto_pipeline(builder).await?;
    Ok(pipeline)
}

/// The SDK's own builder has no setting for the element type, so the loader is called directly.
fn build_gguf(path: &Path) -> anyhow::Result<SharedPipeline> {
    let folder = path.parent().unwrap_or(Path::new("/")).display().to_string();
    let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let config = GGUFSpecificConfig { topology: None };
    let loader = GGUFLoaderBuilder::new(None, None, folder, vec![file], config, false, None).build();
    let kind = if is_cpu_build() { ModelDType::F32 } else { ModelDType::Auto };
    let mapping = DeviceMapSetting::Auto(AutoDeviceMapParams::default_text());
    let device = best_device(is_cpu_build())?;
    let pipeline = loader.load_model_from_hf(None, TokenSource::None, &kind, &device, true, mapping, None, None)?;
    Ok(pipeline)
}

fn facts(pipeline: &dyn Pipeline) -> anyhow::Result<Facts> {
    let metadata = pipeline.get_metadata();
    let tokenizer = pipeline.tokenizer().ok_or_else(|| anyhow::anyhow!("the model has no tokenizer"))?;
    let grammars = metadata.llg_factory.clone().ok_or_else(|| anyhow::anyhow!("the model is not a text model"))?;
    let end_tokens = metadata.eos_tok.clone();
    let tokens = grammars.tok_env().clone();
    let grammar_end = Some(tokens.tok_trie().eos_token()).filter(|token| !end_tokens.contains(token));
    Ok(Facts {
        context_tokens: u32::try_from(metadata.max_seq_len).unwrap_or(u32::MAX),
        has_chat_template: pipeline.get_chat_template().is_some_and(|template| template.has_chat_template()),
        defaults: pipeline.generation_defaults().map(defaults).unwrap_or_default(),
        grammar_end,
        end_tokens,
        count: Box::new(move |text| {
            tokenizer.encode_fast(text, false).map(|encoding| encoding.len()).map_err(|error| error.to_string())
        }),
        bytes: Box::new(move |token| visible(tokens.tok_trie().token(token)).to_vec()),
        check_schema: Box::new(move |schema| {
            let grammar = TopLevelGrammar::from_json_schema(schema.clone());
            grammars.create_parser(grammar).map(|_parser| ()).map_err(|error| error.to_string())
        }),
    })
}

/// The trie marks special tokens with a first byte that occurs in no text.
fn visible(token: &[u8]) -> &[u8] {
    token.strip_prefix(&[0xff]).unwrap_or(token)
}

fn defaults(from: ModelGenerationDefaults) -> Defaults {
    Defaults {
        temperature: if from.do_sample == Some(false) { Some(0.0) } else { from.temperature },
        top_p: from.top_p,
        top_k: from.top_k,
        min_p: from.min_p,
        repetition_penalty: from.repetition_penalty,
        max_tokens: from.max_new_tokens.and_then(|tokens| u32::try_from(tokens).ok()),
    }
}

fn num_cached_sequences(pipeline: &dyn Pipeline) -> usize {
    let metadata = pipeline.get_metadata();
    let Some(shape) = &metadata.model_metadata else { return 0 };
    let bytes_per_token =
        shape.num_layers() * shape.kv_cache_elements_per_token() * metadata.activation_dtype.size_in_bytes();
    let bytes_per_sequence = bytes_per_token * metadata.max_seq_len.min(CACHED_SEQUENCE_TOKENS);
    (PREFIX_CACHE_BYTES / bytes_per_sequence.max(1)).min(MAX_CACHED_SEQUENCES)
}

/// Produces one token: a model whose tensors are incomplete loads without a word and fails only here.
async fn probe(model: &Model) -> Result<(), LoadFault> {
    let failed = |cause: String| LoadFault::ProbeFailed { cause };
    let generation = Generation {
        prompt: Prompt::Tokens(vec![0]),
        sampling: Sampling::default(),
        max_tokens: Some(1),
        stop: Vec::new(),
        schema: None,
        num_top_log_probabilities: None,
    };
    let (events, _receiver): (_, mpsc::UnboundedReceiver<Event>) = mpsc::unbounded_channel();
    let (_keeps_it_open, unloading) = watch::channel(false);
    let listener = Listener { events: &events, unloading };
    generate::run(model, &generation, listener).await.map(|_finished| ()).map_err(|error| failed(error.to_string()))
}
