//! What a prompt renders to.

use crate::api::playground::with_row;
use crate::api::{Result, Studio};
use crate::tokens;
use crate::workspace::prompt::{Bundle, Prompt, check_name, file_of};
use atelier_types::api::{PromptAtRequest, RenderRequest, TextResponse};
use atelier_types::error::{ApiError, Diagnostic, ErrorKind};
use atelier_types::prompt::{Inputs, Rendered};

/// The messages that a prompt makes of its inputs. What is wrong with the prompt is part of the answer.
pub async fn render(studio: &Studio, request: RenderRequest) -> Result<Rendered> {
    studio
        .in_session(move |session| {
            // Other tokenizers than the default would be chosen by the model.
            let RenderRequest { name, version, text, inputs, row, model: _ } = request;
            check_name(&name)?;
            let bundle = match text {
                Some(text) => Bundle::resolve(name, text, &|fragment| session.workspace.read(&file_of(fragment)).ok()),
                None => session.workspace.source(&name, &version)?,
            };
            let inputs = with_row(session, inputs, row)?;
            Ok(match bundle.parse() {
                Ok(prompt) => counted(&prompt, &inputs),
                Err(diagnostics) => {
                    Rendered { diagnostics, counted_by: tokens::COUNTED_BY.to_owned(), ..Rendered::default() }
                }
            })
        })
        .await
}

/// The file with its fragments resolved, for other Prompty tools.
pub async fn flatten(studio: &Studio, request: PromptAtRequest) -> Result<TextResponse> {
    studio
        .in_session(move |session| {
            let text = session.workspace.source(&request.name, &request.version)?.flatten()?;
            Ok(TextResponse { text })
        })
        .await
}

/// The messages of a bundle with their token counts; a prompt that cannot be used is an error here.
pub(in crate::api) fn rendered(bundle: &Bundle, inputs: &Inputs) -> Result<Rendered> {
    let prompt = bundle.parse().map_err(|problems| first(problems, bundle))?;
    prompt.render(inputs)?;
    Ok(counted(&prompt, inputs))
}

fn first(problems: Vec<Diagnostic>, bundle: &Bundle) -> ApiError {
    let unknown = || ApiError::new(ErrorKind::Invalid, "prompt.unusable", format!("`{}` cannot be used", bundle.name));
    problems.into_iter().next().map_or_else(unknown, ApiError::from)
}

fn counted(prompt: &Prompt, inputs: &Inputs) -> Rendered {
    let mut rendered = prompt.preview(inputs);
    for message in &mut rendered.messages {
        message.num_tokens = tokens::count(&message.content);
    }
    rendered.num_tokens = rendered.messages.iter().map(|message| message.num_tokens).sum();
    let printed = prompt.printed(inputs);
    rendered.num_tokens_by_input = printed.into_iter().map(|(name, text)| (name, tokens::count(&text))).collect();
    rendered.counted_by = tokens::COUNTED_BY.to_owned();
    rendered
}
