//! project.yml, profiles.yml, packages, vars and the folder listing into a `Project` and its `Target`.
