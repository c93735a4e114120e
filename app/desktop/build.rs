fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The page may call our own commands and none of Tauri's, so there are no capabilities. Without a pattern Tauri watches
    // their default folder, and a folder that is not there makes every build compile this program again.
    let attributes = tauri_build::Attributes::new().capabilities_path_pattern("capabilities/*");
    Ok(tauri_build::try_build(attributes)?)
}
