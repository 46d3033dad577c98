//! `docs serve`: the folder that `docs generate` filled, over HTTP, until Ctrl-C.

use std::fs::File;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use percent_encoding::percent_decode_str;
use tiny_http::{Header, Method, Request, Response, Server};

use crate::cli::bare::BareProject;
use crate::cli::{CommandError, Done, Line};
use crate::diagnostic::{Diagnostic, Kind};

/// What browsers are told of the files of a target folder, by the end of the name.
const TYPES: [(&str, &str); 9] = [
    ("html", "text/html; charset=utf-8"),
    ("json", "application/json"),
    ("css", "text/css; charset=utf-8"),
    ("js", "text/javascript; charset=utf-8"),
    ("svg", "image/svg+xml"),
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    ("gif", "image/gif"),
    ("sql", "text/plain; charset=utf-8"),
];

/// Runs the command. Only this machine is answered unless `--host` says otherwise.
///
/// # Errors
/// When there is no documentation yet, or nothing can listen at that address.
pub fn run(setup: &BareProject, line: &Line) -> Result<Done, CommandError> {
    let folder = setup.project.target_folder();
    for name in ["manifest.json", "catalog.json", "index.html"] {
        if !folder.join(name).is_file() {
            let title = format!("there is no documentation to serve: `{name}` is not in `{}`", folder.display());
            return Err(Diagnostic::error(Kind::Runtime, "E0181", title).with_help("martlet docs generate").into());
        }
    }
    let host = line.matches.get_one::<String>("host").map_or("127.0.0.1", String::as_str);
    let port = line.matches.get_one::<u16>("port").copied().unwrap_or(8080);
    let server = Server::http((host, port)).map_err(|error| {
        let title = format!("cannot serve at {host}:{port}: {error}");
        Diagnostic::error(Kind::Runtime, "E0182", title).with_help("choose another port with --port")
    })?;
    let server = Arc::new(server);
    // A port of 0 is any that is free.
    let port = server.server_addr().to_ip().map_or(port, |address| address.port());
    setup.reporter.info(&format!("Serving docs at {port}"));
    setup.reporter.info(&format!("To access from your browser, navigate to: http://localhost:{port}"));
    setup.reporter.info("Press Ctrl+C to exit.");
    let stopping = Arc::clone(&server);
    // Without a handler Ctrl-C ends the program as well, only not in order.
    let _ = ctrlc::set_handler(move || stopping.unblock());
    for request in server.incoming_requests() {
        let (url, outcome) = (request.url().to_owned(), answer(request, &folder));
        // Browsers hang up when they have what they want.
        setup.reporter.debug(&match outcome {
            Ok(status) => format!("{status} {url}"),
            Err(error) => format!("{url}: {error}"),
        });
    }
    Ok(Done::Success)
}

/// Answers with a file of the folder; returns the status.
fn answer(request: Request, folder: &Path) -> std::io::Result<u16> {
    if !matches!(request.method(), Method::Get | Method::Head) {
        return request.respond(Response::from_string("only GET and HEAD").with_status_code(405)).map(|()| 405);
    }
    let path = requested(request.url(), folder);
    let Some(file) = path.as_ref().and_then(|path| File::open(path).ok()) else {
        return request.respond(Response::from_string("there is no such file").with_status_code(404)).map(|()| 404);
    };
    let ending = path.as_deref().and_then(Path::extension).and_then(|ending| ending.to_str()).unwrap_or_default();
    let known = TYPES.iter().find(|(known, _)| ending.eq_ignore_ascii_case(known));
    let kind = known.map_or("application/octet-stream", |(_, kind)| kind);
    let mut response = Response::from_file(file);
    for (name, value) in [("Content-Type", kind), ("Cache-Control", "no-cache"), ("X-Content-Type-Options", "nosniff")]
    {
        if let Ok(header) = Header::from_bytes(name, value) {
            response.add_header(header);
        }
    }
    request.respond(response).map(|()| 200)
}

/// Returns the file that a URL means; none outside of the folder, whatever links lie in it.
fn requested(url: &str, folder: &Path) -> Option<PathBuf> {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let path = percent_decode_str(path.trim_start_matches('/')).decode_utf8().ok()?;
    let path = Path::new(path.as_ref());
    let is_plain = path.components().all(|part| matches!(part, Component::Normal(_)));
    let found = folder.join(path);
    let found = if found.is_dir() { found.join("index.html") } else { found };
    let (found, folder) = (found.canonicalize().ok()?, folder.canonicalize().ok()?);
    (is_plain && found.starts_with(folder) && found.is_file()).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::requested;

    #[test]
    fn only_files_of_the_folder_are_found() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("target");
        std::fs::create_dir_all(target.join("assets")).unwrap();
        for name in ["target/index.html", "target/assets/a b.png", "secret"] {
            std::fs::write(folder.path().join(name), "x").unwrap();
        }
        let found = |url: &str| {
            let path = requested(url, &target)?;
            path.file_name().map(|name| name.to_string_lossy().into_owned())
        };
        assert_eq!(found("/").as_deref(), Some("index.html"));
        assert_eq!(found("/index.html?v=1#x").as_deref(), Some("index.html"));
        assert_eq!(found("/assets/a%20b.png").as_deref(), Some("a b.png"));
        for url in
            ["/../secret", "/%2e%2e/secret", "/assets/../../secret", "//etc/passwd", "/assets", "/nothing", "/%ff"]
        {
            assert_eq!(found(url), None, "{url}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_do_not_lead_out() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("target");
        std::fs::create_dir(&target).unwrap();
        std::fs::write(folder.path().join("secret"), "x").unwrap();
        std::os::unix::fs::symlink(folder.path().join("secret"), target.join("link")).unwrap();
        assert_eq!(requested("/link", &target), None);
    }
}
