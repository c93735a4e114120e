//! What the interface may ask of the program around it: dialogs of the desktop and the web browser.

/// A wish that only the host can grant. A browser grants few of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostRequest {
    PickFolder {
        title: String,
    },
    /// Endings without dots; any file where this is empty.
    PickFile {
        title: String,
        extensions: Vec<String>,
    },
    SavePath {
        title: String,
        file_name: String,
    },
    OpenUrl {
        url: String,
    },
    /// Closes this window and opens the same workspace in a plain native one.
    ReopenNatively,
}

#[derive(Clone, Debug, PartialEq)]
pub enum HostAnswer {
    /// A folder or a file to write to.
    Path(String),
    /// A file with its content, so that it works where paths mean nothing.
    File {
        name: String,
        content: String,
    },
    Done,
    Cancelled,
    /// This host has no such thing; the interface asks in its own way.
    Unsupported,
    Failed(atelier_types::error::ApiError),
}
