//! The chat format: `<|role|>text<|end|>` for each message. The model learns what the assistant says.

use crate::tasks::{Conversation, Message, Role};
use crate::tokenizer::{END, Tokenizer};

pub struct Encoded {
    pub tokens: Vec<u32>,
    /// Positions whose next token is said by the assistant.
    pub answers: Vec<usize>,
}

/// Jinja template of this format, for `tokenizer_config.json`.
pub const CHAT_TEMPLATE: &str = "{% for message in messages %}{{ '<|' + message['role'] + '|>' + (message['content'] | \
                                 trim) + '<|end|>' }}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% \
                                 endif %}";

fn role_token(role: Role) -> u32 {
    match role {
        Role::System => 1,
        Role::User => 2,
        Role::Assistant => 3,
    }
}

pub fn encode(conversation: &Conversation, tokenizer: &Tokenizer) -> Encoded {
    let mut encoded = Encoded { tokens: Vec::new(), answers: Vec::new() };
    for message in conversation {
        let start = encoded.tokens.len();
        push(message, tokenizer, &mut encoded.tokens);
        if message.role == Role::Assistant {
            encoded.answers.extend(start..encoded.tokens.len() - 1);
        }
    }
    encoded
}

/// Tokens after which the assistant speaks.
pub fn encode_prompt(messages: &[Message], tokenizer: &Tokenizer) -> Vec<u32> {
    let mut tokens = Vec::new();
    messages.iter().for_each(|message| push(message, tokenizer, &mut tokens));
    tokens.push(role_token(Role::Assistant));
    tokens
}

fn push(message: &Message, tokenizer: &Tokenizer, tokens: &mut Vec<u32>) {
    tokens.push(role_token(message.role));
    tokens.extend(tokenizer.encode(message.text.trim()));
    tokens.push(END);
}
