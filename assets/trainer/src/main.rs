//! The command of the trainer: train (or go on training), examine, export.

mod datasets;
mod export;

use anyhow::{Context as _, anyhow};
use atelier_demo_model::answering::answers;
use atelier_demo_model::checkpoint::Checkpoint;
use atelier_demo_model::config::Recipe;
use atelier_demo_model::examination::{Asking, EXAMINED, Question, questions, share, sign_test};
use atelier_demo_model::tasks::Message;
use atelier_demo_model::tasks::spec::Task;
use atelier_demo_model::training::Trainer;
use clap::{Parser, Subcommand};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Trains the language models that ship with Atelier.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// Where checkpoints and losses are kept.
    #[arg(long, global = true, default_value = "target/demo-model")]
    work: PathBuf,
}

#[derive(Subcommand)]
enum Command {
    /// Train a model, going on from its last checkpoint where there is one.
    Train {
        /// `atelier-demo` or `atelier-demo-mini`.
        model: String,
        #[arg(long)]
        seed: Option<u64>,
        #[arg(long)]
        steps: Option<usize>,
        /// Steps between two checkpoints.
        #[arg(long, default_value_t = 100)]
        checkpoint_every: usize,
    },
    /// Examine the last checkpoint on held-out rows and wordings.
    Eval {
        model: String,
        #[arg(long, default_value_t = 300)]
        rows: usize,
        /// Wrong answers that are shown for each task.
        #[arg(long, default_value_t = 0)]
        show: usize,
    },
    /// Write the datasets of the demo workspace.
    Datasets {
        #[arg(long, default_value = "workspaces/demo/datasets")]
        out: PathBuf,
    },
    /// Write the last checkpoint as a model folder.
    Export {
        model: String,
        #[arg(long, default_value = "assets/models")]
        out: PathBuf,
    },
}

fn main() -> anyhow::Result<()> {
    let Arguments { command, work } = Arguments::parse();
    match command {
        Command::Train { model, seed, steps, checkpoint_every } => {
            let mut recipe = recipe(&model)?;
            recipe.seed = seed.unwrap_or(recipe.seed);
            recipe.num_steps = steps.unwrap_or(recipe.num_steps);
            train(recipe, &work.join(recipe.name), checkpoint_every)
        }
        Command::Eval { model, rows, show } => {
            let trainer = trained(recipe(&model)?, &work)?;
            EXAMINED.iter().try_for_each(|(task, title)| examine(&trainer, *task, title, rows, show))
        }
        Command::Datasets { out } => datasets::write_all(&out),
        Command::Export { model, out } => {
            let trainer = trained(recipe(&model)?, &work)?;
            let hash = export::export(&trainer, &out.join(trainer.recipe.name))?;
            say(&format!("{hash}  {} after {} steps", trainer.recipe.name, trainer.next_step()))
        }
    }
}

fn recipe(name: &str) -> anyhow::Result<Recipe> {
    Recipe::by_name(name).ok_or_else(|| anyhow!("there is no recipe `{name}`"))
}

fn say(line: &str) -> anyhow::Result<()> {
    Ok(writeln!(std::io::stdout(), "{line}")?)
}

fn checkpoint_path(folder: &Path) -> PathBuf {
    folder.join("checkpoint.bin")
}

fn load(trainer: &mut Trainer, folder: &Path) -> anyhow::Result<()> {
    let path = checkpoint_path(folder);
    let bytes = std::fs::read(&path).with_context(|| format!("could not read {}", path.display()))?;
    let checkpoint = Checkpoint::from_bytes(&bytes).ok_or_else(|| anyhow!("{} is no checkpoint", path.display()))?;
    trainer.resume(checkpoint).map_err(|reason| anyhow!("could not go on: {reason}"))
}

/// Written beside and renamed, so that a killed run never leaves half a checkpoint.
fn save(trainer: &Trainer, folder: &Path) -> anyhow::Result<()> {
    let beside = folder.join("checkpoint.new");
    std::fs::write(&beside, trainer.checkpoint().to_bytes())?;
    std::fs::rename(&beside, checkpoint_path(folder)).context("could not put the new checkpoint in place")
}

fn trained(recipe: Recipe, work: &Path) -> anyhow::Result<Trainer> {
    let mut trainer = Trainer::new(recipe);
    load(&mut trainer, &work.join(recipe.name))?;
    Ok(trainer)
}

fn train(recipe: Recipe, folder: &Path, checkpoint_every: usize) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder)?;
    let mut trainer = Trainer::new(recipe);
    if checkpoint_path(folder).exists() {
        load(&mut trainer, folder)?;
    }
    let mut losses = std::fs::OpenOptions::new().create(true).append(true).open(folder.join("losses.csv"))?;
    let started = Instant::now();
    let (mut sum, mut num_tokens) = (0.0, 0);
    while !trainer.is_done() {
        let progress = trainer.step();
        sum += progress.loss;
        num_tokens += progress.num_tokens;
        writeln!(losses, "{},{:.5},{}", progress.step, progress.loss, progress.num_tokens)?;
        if progress.step.is_multiple_of(checkpoint_every) || trainer.is_done() {
            save(&trainer, folder)?;
        }
        if progress.step.is_multiple_of(50) {
            let speed = num_tokens as f64 / started.elapsed().as_secs_f64();
            say(&format!("step {:5}  loss {:.4}  {speed:.0} tokens/s", progress.step, sum / 50.0))?;
            sum = 0.0;
        }
    }
    Ok(())
}

fn examine(trainer: &Trainer, task: Task, title: &str, num_rows: usize, num_shown: usize) -> anyhow::Result<()> {
    let questions = questions(task, num_rows, trainer.recipe.seed);
    let [clear, vague, another] = [Asking::Clearly, Asking::Vaguely, Asking::AnotherTask].map(|asking| {
        let given = given(trainer, &questions, asking);
        let passed: Vec<bool> = given.iter().zip(&questions).map(|(given, asked)| *given == asked.expected).collect();
        (given, passed)
    });
    let percent = |passed: &[bool]| {
        let (mean, low, high) = share(passed);
        format!("{:5.1} % [{:.1}, {:.1}]", 100.0 * mean, 100.0 * low, 100.0 * high)
    };
    say(&format!(
        "{title:18} clear {}  vague {}  p = {:.1e}  another task's instruction {}",
        percent(&clear.1),
        percent(&vague.1),
        sign_test(&clear.1, &vague.1),
        percent(&another.1),
    ))?;
    let wrong = clear.0.iter().zip(&questions).filter(|(given, asked)| **given != asked.expected);
    for (given, asked) in wrong.take(num_shown) {
        let texts: Vec<&str> = asked.prompt(Asking::Clearly).iter().map(|message| message.text.as_str()).collect();
        say(&format!("  {texts:?}\n    gave   {given}\n    wanted {}", asked.expected))?;
    }
    Ok(())
}

fn given(trainer: &Trainer, questions: &[Question], asking: Asking) -> Vec<String> {
    let prompts: Vec<&[Message]> = questions.iter().map(|question| question.prompt(asking).as_slice()).collect();
    prompts.chunks(50).flat_map(|part| answers(&trainer.model, &trainer.tokenizer, part)).collect()
}
