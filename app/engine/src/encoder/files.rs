//! Files of a model folder: small ones that may be missing, and tensors that are read one at a time.
//!
//! One tensor is in memory twice at most, however large the file is.

use crate::weights::{LoadFault, read_metadata};
use candle_core::{DType, Device, Tensor};
use safetensors::Dtype;
use safetensors::tensor::TensorInfo;
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::io::{ErrorKind, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

const WEIGHTS: &str = "model.safetensors";
const WEIGHTS_INDEX: &str = "model.safetensors.index.json";

/// `None` where there is no such file.
pub fn read_json(folder: &Path, name: &str) -> Result<Option<Value>, String> {
    let bytes = match std::fs::read(folder.join(name)) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(format!("Failed to read `{name}`: {error}")),
    };
    serde_json::from_slice(&bytes).map(Some).map_err(|error| format!("`{name}` is not valid JSON: {error}"))
}

/// What candle says; a backtrace may follow.
pub fn first_line(error: &candle_core::Error) -> String {
    error.to_string().lines().next().unwrap_or_default().to_owned()
}

/// Where each tensor lies.
#[derive(Debug)]
pub struct WeightFiles {
    places: HashMap<String, Place>,
}

#[derive(Debug)]
struct Place {
    path: PathBuf,
    start: u64,
    info: TensorInfo,
}

impl WeightFiles {
    pub fn open(folder: &Path) -> Result<Self, String> {
        let mut places = HashMap::new();
        for name in file_names(folder)? {
            let path = folder.join(&name);
            let damaged = |fault: LoadFault| format!("`{name}` is damaged: {}", fault.causes().join("; "));
            let (metadata, start) = read_metadata(&path).map_err(damaged)?;
            for (tensor, info) in metadata.tensors() {
                let start = start + info.data_offsets.0 as u64;
                places.insert(tensor, Place { path: path.clone(), start, info: info.clone() });
            }
        }
        Ok(Self { places })
    }

    pub fn has(&self, name: &str) -> bool {
        self.places.contains_key(name)
    }

    /// As f32, on the device.
    pub fn tensor(&self, name: &str, shape: &[usize], device: &Device) -> Result<Tensor, String> {
        let place = self.places.get(name).ok_or_else(|| format!("The weights have no tensor `{name}`"))?;
        if place.info.shape != shape {
            return Err(format!("The tensor `{name}` has the shape {:?}; {shape:?} is expected", place.info.shape));
        }
        let kind = match place.info.dtype {
            Dtype::F32 => DType::F32,
            Dtype::F16 => DType::F16,
            Dtype::BF16 => DType::BF16,
            other => return Err(format!("The tensor `{name}` is of the type {other:?}; F32, F16 and BF16 are read")),
        };
        let bytes = place.read().map_err(|error| format!("Failed to read the tensor `{name}`: {error}"))?;
        let tensor = Tensor::from_raw_buffer(&bytes, kind, shape, &Device::Cpu);
        let tensor = tensor.and_then(|tensor| tensor.to_dtype(DType::F32)?.to_device(device));
        tensor.map_err(|error| format!("The tensor `{name}` cannot be used: {}", first_line(&error)))
    }
}

impl Place {
    fn read(&self) -> std::io::Result<Vec<u8>> {
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(self.start))?;
        let (start, end) = self.info.data_offsets;
        let mut bytes = vec![0; end - start];
        file.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}

/// Of the one file, or of the shards that the index names.
fn file_names(folder: &Path) -> Result<BTreeSet<String>, String> {
    if folder.join(WEIGHTS).is_file() {
        return Ok(BTreeSet::from([WEIGHTS.to_owned()]));
    }
    let index = read_json(folder, WEIGHTS_INDEX)?;
    let index = index.ok_or_else(|| format!("The folder has neither `{WEIGHTS}` nor `{WEIGHTS_INDEX}`"))?;
    let map = index["weight_map"].as_object().ok_or_else(|| format!("`{WEIGHTS_INDEX}` has no `weight_map`"))?;
    Ok(map.values().filter_map(|name| name.as_str().map(str::to_owned)).collect())
}
