//! Puts the official DuckDB library where the linker looks for it, so that a plain `cargo build` needs no set-up.
//!
//! `libduckdb-sys` only emits link flags for the folder `DUCKDB_LIB_DIR` (`.cargo/config.toml` gives `.duckdb`); the library
//! itself is needed first when this package is linked, which is after this script ran. When the folder lacks it, the script
//! takes the npm package that carries DuckDB's own build and checks it against the checksum pinned here.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::exit,
    reason = "a build script speaks to cargo by printing"
)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

use sha2::{Digest, Sha512};

/// Version of the npm packages `@duckdb/node-bindings-*` that carry DuckDB 1.5.5.
const PACKAGE_VERSION: &str = "1.5.5-r.5";

/// One platform's package: cargo's target, npm's platform name, the library's file name, SHA-512 of the package in hex.
struct Platform {
    os: &'static str,
    arch: &'static str,
    npm: &'static str,
    library: &'static str,
    sha512: &'static str,
}

const PLATFORMS: [Platform; 5] = [
    Platform {
        os: "linux",
        arch: "x86_64",
        npm: "linux-x64",
        library: "libduckdb.so",
        sha512: "902caae815e19fa4177f017cc957552ab8924873feadf556709e7a706f2a67394e669c72bd3e561a6ea332c871838762b4b94eb07b0837f0f8ed162b7235ee1d",
    },
    Platform {
        os: "linux",
        arch: "aarch64",
        npm: "linux-arm64",
        library: "libduckdb.so",
        sha512: "09a7c7d8022f5eda700f29c6dca07fe2e10e1d11a516807b6ae091308c07dc128d2286ec00d5792d2a43277b5fc9108522c2ba7bc013d5eb1e5959eed83bf773",
    },
    Platform {
        os: "macos",
        arch: "aarch64",
        npm: "darwin-arm64",
        library: "libduckdb.dylib",
        sha512: "58975e2d3172e29460eb4ae46e9f6c9ad94fd62210f04aed2099314bed8b42d335659312072c96fb758fa4da0a7bb2303ed565d9f2e53f0eed0e6416e19f7be2",
    },
    Platform {
        os: "macos",
        arch: "x86_64",
        npm: "darwin-x64",
        library: "libduckdb.dylib",
        sha512: "acdd0a8d7d77330550e55e6e7f292896dcbfb5fe1269a7cea4659c500d427a07fdf233de45db09b0413520c5e7f27deee96bcc4991152661c9de66b81ebed5ce",
    },
    Platform {
        os: "windows",
        arch: "x86_64",
        npm: "win32-x64",
        library: "duckdb.dll",
        sha512: "9811859fc9deb53fc00212b84ce1ba170e3bf836faf02c4256d43da9fc5973591902376cf9a62b875ec577fbb909b4c377120bb2b732b85f2af5c51c9b9e2440",
    },
];

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=DUCKDB_LIB_DIR");
    if env::var_os("CARGO_FEATURE_BUNDLED").is_some() {
        return;
    }
    let folder = library_folder();
    if let Err(message) = provide_library(&folder) {
        eprintln!("error: {message}");
        eprintln!("  remedies: install npm, so that this build can fetch the library;");
        eprintln!("            or set DUCKDB_LIB_DIR to a folder that holds libduckdb 1.5.5;");
        eprintln!("            or build with `--features bundled` (compiles DuckDB, about half an hour)");
        std::process::exit(1);
    }
    emit_run_paths(&folder);
}

/// The folder that `libduckdb-sys` links from.
fn library_folder() -> PathBuf {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR"));
    match env::var("DUCKDB_LIB_DIR") {
        Ok(folder) => root.join(folder),
        Err(_) => root.join(".duckdb"),
    }
}

/// Looks for the library in the folder and fetches it when it is not there.
fn provide_library(folder: &Path) -> Result<(), String> {
    let (os, arch) = (target("OS"), target("ARCH"));
    let platform = PLATFORMS.iter().find(|platform| platform.os == os && platform.arch == arch);
    let present =
        ["libduckdb.so", "libduckdb.dylib", "duckdb.dll", "duckdb.lib"].iter().any(|name| folder.join(name).exists());
    if present {
        println!("cargo:rerun-if-changed={}", folder.display());
        return Ok(());
    }
    let platform = platform.ok_or_else(|| format!("there is no prebuilt libduckdb for {os} on {arch}"))?;
    fetch(platform, folder)
}

fn target(part: &str) -> String {
    env::var(format!("CARGO_CFG_TARGET_{part}")).unwrap_or_default()
}

/// Fetches the platform's npm package, checks it and unpacks the library into `folder`.
fn fetch(platform: &Platform, folder: &Path) -> Result<(), String> {
    let name = format!("@duckdb/node-bindings-{}@{PACKAGE_VERSION}", platform.npm);
    let download = PathBuf::from(env::var("OUT_DIR").expect("cargo sets OUT_DIR")).join("libduckdb");
    let failed = |error: io::Error| format!("cannot unpack {name}: {error}");
    if download.exists() {
        fs::remove_dir_all(&download).map_err(failed)?;
    }
    fs::create_dir_all(&download).map_err(failed)?;
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let output = Command::new(npm)
        .args(["pack", "--silent", "--ignore-scripts", &name])
        .current_dir(&download)
        .output()
        .map_err(|error| format!("libduckdb is not in {} and `npm` cannot be started: {error}", folder.display()))?;
    if !output.status.success() {
        let reason = String::from_utf8_lossy(&output.stderr);
        return Err(format!("`npm pack {name}` failed: {}", reason.trim()));
    }
    let archive = fs::read_dir(&download)
        .map_err(failed)?
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|extension| extension == "tgz"))
        .ok_or_else(|| format!("`npm pack {name}` left no archive"))?;
    let bytes = fs::read(&archive).map_err(failed)?;
    let digest: String = Sha512::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    if digest != platform.sha512 {
        return Err(format!("{name} has SHA-512 {digest}, expected {}", platform.sha512));
    }
    unpack(&bytes, platform, folder).map_err(failed)
}

/// Writes the library out of the archive, beside its place first, so that a killed build leaves no half file.
fn unpack(bytes: &[u8], platform: &Platform, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(bytes));
    for entry in archive.entries()? {
        let mut entry = entry?;
        let path = entry.path()?.into_owned();
        let Some(file) = path.file_name().filter(|file| is_wanted(file.to_str(), platform)) else {
            continue;
        };
        let part = folder.join(format!("{}.part", file.to_string_lossy()));
        io::copy(&mut entry, &mut fs::File::create(&part)?)?;
        fs::rename(&part, folder.join(file))?;
    }
    if folder.join(platform.library).exists() {
        Ok(())
    } else {
        Err(io::Error::other(format!("the package holds no {}", platform.library)))
    }
}

fn is_wanted(file: Option<&str>, platform: &Platform) -> bool {
    // Windows links through the import library beside the DLL.
    file.is_some_and(|file| file == platform.library || file == "duckdb.lib")
}

/// Lets the built programs find the library in the folder itself and beside the program.
fn emit_run_paths(folder: &Path) {
    match target("OS").as_str() {
        "linux" => println!("cargo:rustc-link-arg=-Wl,-rpath,$ORIGIN"),
        "macos" => println!("cargo:rustc-link-arg=-Wl,-rpath,@executable_path"),
        _ => return,
    }
    println!("cargo:rustc-link-arg=-Wl,-rpath,{}", folder.display());
}
