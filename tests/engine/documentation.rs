//! The documentation of a project over HTTP.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Stdio};

use crate::project::Project;

/// A running server, ended when this is dropped.
struct Serving {
    child: Child,
    port: u16,
}

impl Serving {
    fn start(project: &Project) -> Self {
        let mut command = project.command(&["docs", "serve", "--port", "0"]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        let port = lines.find_map(|line| line.strip_prefix("Serving docs at ")?.parse().ok()).unwrap();
        Self { child, port }
    }

    /// Sends a request and returns what comes back, headers in lower case.
    fn ask(&self, method: &str, path: &str) -> (String, String) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        write!(stream, "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.to_lowercase(), body.to_owned())
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_page_and_the_artifacts_are_served() {
    let project = Project::new().model("orders", "select 1 as id").file("secret.txt", "not for others");
    let _ = project.run(&["run"]).success();
    let _ = project.run(&["docs", "generate"]).success();
    let serving = Serving::start(&project);
    let (head, body) = serving.ask("GET", "/");
    assert!(head.starts_with("http/1.1 200") && head.contains("content-type: text/html"), "{head}");
    assert!(body.contains("manifest.json"));
    let (head, body) = serving.ask("GET", "/catalog.json?now");
    assert!(head.contains("content-type: application/json"), "{head}");
    assert!(body.contains("model.shop.orders"));
    assert!(serving.ask("GET", "/../secret.txt").0.starts_with("http/1.1 404"));
    assert!(serving.ask("GET", "/nothing.json").0.starts_with("http/1.1 404"));
    assert!(serving.ask("POST", "/").0.starts_with("http/1.1 405"));
    let (head, body) = serving.ask("HEAD", "/manifest.json");
    assert!(head.starts_with("http/1.1 200") && body.is_empty(), "{head}");
}

#[test]
fn what_was_not_generated_is_not_served() {
    let project = Project::new().model("orders", "select 1 as id");
    let _ = project.run(&["docs", "serve"]).code(2).says("E0181").says("martlet docs generate");
}

#[test]
fn a_port_that_is_taken_is_named() {
    let project = Project::new().model("orders", "select 1 as id");
    let _ = project.run(&["run"]).success();
    let _ = project.run(&["docs", "generate"]).success();
    let taken = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let ran = project.run(&["docs", "serve", "--port", &port]).code(2);
    let _ = ran.says("E0182").says(&format!("cannot serve at 127.0.0.1:{port}")).says("--port");
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_the_server_in_order() {
    let project = Project::new().model("orders", "select 1 as id");
    let _ = project.run(&["run"]).success();
    let _ = project.run(&["docs", "generate"]).success();
    let mut serving = Serving::start(&project);
    let pid = serving.child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    assert_eq!(serving.child.wait().unwrap().code(), Some(0));
}
