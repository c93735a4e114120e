//! A training run's state on disk: step, weights, and the optimizer's two moments.

const MARK: &[u8; 8] = b"atelier1";

#[derive(Clone, Debug, PartialEq)]
pub struct Checkpoint {
    pub step: usize,
    pub weights: Vec<f32>,
    pub first: Vec<f32>,
    pub second: Vec<f32>,
}

impl Checkpoint {
    pub fn to_bytes(&self) -> Vec<u8> {
        let numbers = [&self.weights, &self.first, &self.second].into_iter().flatten();
        let head = MARK.iter().copied().chain((self.step as u64).to_le_bytes());
        head.chain(numbers.flat_map(|number| number.to_le_bytes())).collect()
    }

    /// `None` where `bytes` are no checkpoint.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (mark, rest) = bytes.split_first_chunk::<8>()?;
        let (step, rest) = rest.split_first_chunk::<8>()?;
        if mark != MARK || rest.len() % 12 != 0 {
            return None;
        }
        let mut thirds = rest.chunks_exact((rest.len() / 3).max(1)).map(numbers);
        Some(Self {
            step: u64::from_le_bytes(*step) as usize,
            weights: thirds.next()?,
            first: thirds.next()?,
            second: thirds.next()?,
        })
    }
}

fn numbers(bytes: &[u8]) -> Vec<f32> {
    let (fours, _) = bytes.as_chunks::<4>();
    fours.iter().copied().map(f32::from_le_bytes).collect()
}
