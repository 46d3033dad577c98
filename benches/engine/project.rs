//! A generated project of 1,000 models, from its files to a resolved manifest.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use criterion::Criterion;
use martlet::diagnostic::Diagnostics;
use martlet::manifest::Manifest;
use martlet::parse::{load_macros, parse};
use martlet::project::{LoadOptions, Project, ProjectFile, Target, TargetOptions, VersionCheck, load_target};
use martlet::template::{Secrets, YamlScope, YamlText};

use super::{engine_of, invocation};

const PROJECT: &str = "name: shop\nprofile: shop\nmodels:\n  shop:\n    +materialized: table\n";
const PROFILES: &str = "shop:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: ':memory:'}\n";
const MACROS: &str = "{% macro cents(column, scale=2) %}({{ column }} / 100)::decimal(16, {{ scale }}){% endmacro %}";
const MODELS: usize = 1000;

/// Each model is on up to three earlier ones; one in ten calls a macro; each has a description and two tests.
fn write(folder: &Path) -> std::io::Result<()> {
    fs::create_dir_all(folder.join("models"))?;
    fs::create_dir_all(folder.join("macros"))?;
    fs::write(folder.join("project.yml"), PROJECT)?;
    fs::write(folder.join("profiles.yml"), PROFILES)?;
    fs::write(folder.join("macros/cents.sql"), MACROS)?;
    let mut properties = String::from("models:\n");
    for number in 0..MODELS {
        let above = (1..=3).filter_map(|step| number.checked_sub(step * 7));
        let refs: String = above.map(|up| format!("join {{{{ ref('m{up}') }}}} as m{up} using (id) ")).collect();
        let amount = if number % 10 == 0 { "{{ cents('amount') }}" } else { "amount" };
        let text = format!("select id, {amount} as amount from (select 1 as id, 2 as amount) as own {refs}");
        fs::write(folder.join(format!("models/m{number}.sql")), text)?;
        properties.push_str(&format!(
            "  - name: m{number}\n    description: Model {number}\n    columns: [{{name: id, data_tests: [unique, not_null]}}]\n"
        ));
    }
    fs::write(folder.join("models/properties.yml"), properties)
}

fn load(folder: &Path) -> Result<(Project, Target), Diagnostics> {
    let scope = YamlScope { environment: Arc::default(), vars: Vec::new(), target: None, secrets: Secrets::Allowed };
    let renderer = YamlText::new(scope);
    let file = ProjectFile::find(None, folder)?;
    let environment = BTreeMap::new();
    let options = TargetOptions {
        renderer: &renderer,
        profiles_dir: Some(folder.to_path_buf()),
        profile: None,
        target: None,
        threads: None,
        environment: &environment,
        current: folder.to_path_buf(),
    };
    let (target, _) = load_target(&file, &options)?;
    let options = LoadOptions {
        renderer: &renderer,
        package_renderer: &renderer,
        target_path: None,
        log_path: None,
        version_check: VersionCheck::Skip,
    };
    Ok((Project::load(file, &options)?.0, target))
}

fn manifest(folder: &Path) -> Result<Manifest, Diagnostics> {
    let (project, target) = load(folder)?;
    let engine = engine_of(load_macros(&project)?);
    let (parsed, _) = parse(&project, &target, &invocation(), &engine)?;
    Ok(Manifest::resolve(parsed, &project)?.0)
}

/// Files to manifest: what `parse` does, without writing artifacts.
pub(super) fn parsing(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    write(folder.path()).expect("the project can be written");
    let read = || manifest(folder.path()).map(|manifest| manifest.nodes.len());
    assert_eq!(read().ok(), Some(3 * MODELS), "each model has two tests");
    let mut group = criterion.benchmark_group("project");
    group.sample_size(20).bench_function("parse 1000 models with two tests each", |bencher| bencher.iter(read));
}
