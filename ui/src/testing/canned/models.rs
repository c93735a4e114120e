//! A machine of 32 GB with five local models, three endpoints and two remote models.

use super::{DAY, MINUTE, before_now};
use crate::transport::fake::Studio;
use atelier_types::api::*;
use atelier_types::error::{ApiError, ErrorKind};
use atelier_types::model::{
    Dialect, EndpointConfig, EndpointState, EndpointStatus, EngineState, KeySource, LoadState, LocalModel,
    ModelsOverview, Price, Probe, RemoteModel, Speed, WeightsFormat,
};
use atelier_types::time::MillisSinceEpoch;

const GB: u64 = 1_000_000_000;

fn speed(tokens_per_second: f64, half_width: f64, num_calls: u32) -> Speed {
    let first_token_millis_p50 = Some(420.0);
    Speed { tokens_per_second, half_width: Some(half_width), first_token_millis_p50, num_calls }
}

fn local(
    name: &str,
    quantisation: &str,
    disk_bytes: u64,
    needed_bytes: u64,
    used: Option<MillisSinceEpoch>,
) -> LocalModel {
    LocalModel {
        name: name.into(),
        path: format!("/home/ada/models/{name}.gguf"),
        format: Some(WeightsFormat::Gguf),
        quantisation: Some(quantisation.to_owned()),
        disk_bytes: Some(disk_bytes),
        context_tokens: Some(131_072),
        needed_bytes: Some(needed_bytes),
        load_state: LoadState::Unloaded,
        speed: None,
        last_used_at: used,
        is_builtin: false,
        problem: None,
    }
}

fn endpoint(name: &str, base_url: &str, key: KeySource, state: EndpointState) -> EndpointStatus {
    let config = EndpointConfig {
        dialect: Dialect::OpenaiChat,
        base_url: base_url.to_owned(),
        key,
        max_concurrency: Some(8),
        requests_per_minute: None,
        tokens_per_minute: None,
        timeout_millis: None,
    };
    EndpointStatus { name: name.into(), config, has_key: true, state }
}

fn remote(name: &str, endpoint: &str, price: Option<(f64, f64)>, speed: Option<Speed>) -> RemoteModel {
    let price =
        price.map(|(input_usd_per_mtok, output_usd_per_mtok)| Price { input_usd_per_mtok, output_usd_per_mtok });
    RemoteModel { name: name.into(), endpoint: endpoint.into(), id: name.to_owned(), price, speed }
}

pub fn overview() -> ModelsOverview {
    let qwen = LocalModel {
        load_state: LoadState::Loaded { resident_bytes: Some(5_100_000_000) },
        speed: Some(speed(11.8, 0.3, 960)),
        context_tokens: Some(32_768),
        ..local("qwen2.5-7b-instruct", "Q4_K_M", 4_700_000_000, 5_100_000_000, Some(before_now(2 * MINUTE)))
    };
    let demo = LocalModel {
        path: "builtin:atelier-demo".to_owned(),
        format: Some(WeightsFormat::Safetensors),
        context_tokens: Some(2_048),
        speed: Some(speed(412.0, 9.0, 40)),
        is_builtin: true,
        ..local("atelier-demo", "F32", 48_000_000, 100_000_000, None)
    };
    let silent = ApiError::new(ErrorKind::Unavailable, "provider.network", "fritz does not answer");
    ModelsOverview {
        total_memory_bytes: 32 * GB,
        available_memory_bytes: 16_700_000_000,
        num_threads: 16,
        engine: EngineState::Running {
            version: "0.1.0".to_owned(),
            device: "CPU".to_owned(),
            pid: 48_213,
            resident_bytes: Some(5_100_000_000),
        },
        local: vec![
            qwen,
            LocalModel {
                speed: Some(speed(9.6, 0.4, 120)),
                ..local(
                    "llama-3.1-8b-instruct",
                    "Q5_K_M",
                    5_700_000_000,
                    6_400_000_000,
                    Some(before_now(30 * 60 * MINUTE)),
                )
            },
            LocalModel {
                speed: Some(speed(4.1, 0.2, 44)),
                ..local("mistral-small-3.2-24b", "Q4_K_M", 14_300_000_000, 15_600_000_000, Some(before_now(6 * DAY)))
            },
            local("qwen2.5-32b-instruct", "Q3_K_M", 15_900_000_000, 17_600_000_000, None),
            local("gemma-3-27b-it", "Q6_K", 22_100_000_000, 33_900_000_000, None),
            demo,
        ],
        endpoints: vec![
            endpoint(
                "openai",
                "https://api.openai.com/v1",
                KeySource::Keychain,
                EndpointState::Answered { at: before_now(12 * MINUTE) },
            ),
            endpoint(
                "fritz",
                "https://10.0.4.17:8443/v1",
                KeySource::Env("FRITZ_KEY".to_owned()),
                EndpointState::Failed { at: before_now(48 * MINUTE), error: silent },
            ),
            endpoint("ollama", "http://localhost:11434/v1", KeySource::None, EndpointState::NotAsked),
        ],
        remote: vec![
            remote("gpt-4.1-mini", "openai", Some((0.4, 1.6)), Some(speed(96.4, 4.1, 1_204))),
            remote("qwen2.5-72b", "fritz", None, None),
        ],
    }
}

pub fn answer(studio: &Studio) {
    let probe = Probe {
        latency_millis: 412.0,
        reported_model: Some("gpt-4.1-mini-2025-04-14".to_owned()),
        available: vec!["gpt-4.1-mini".to_owned(), "gpt-4.1".to_owned()],
        text: "Hello".to_owned(),
    };
    studio
        .answer::<ModelsList>(overview())
        .answer::<ModelsAdd>(Nothing {})
        .answer::<ModelsRemove>(Nothing {})
        .answer::<ModelsAddEndpoint>(Nothing {})
        .answer::<ModelsRemoveEndpoint>(Nothing {})
        .answer::<ModelsSetKey>(Nothing {})
        .answer::<ModelsProbe>(probe)
        .answer::<ModelsLoad>(Nothing {})
        .answer::<ModelsUnload>(Nothing {})
        .answer::<ModelsVerify>(Default::default());
}
