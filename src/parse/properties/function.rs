//! What a function takes and gives: `arguments` and `returns` of an entry of `functions`.

use super::Written;
use super::fields::Fields;
use crate::diagnostic::{Diagnostic, Kind};
use crate::resource::{FunctionArgument, FunctionDetail, FunctionReturns};

/// Reads the signature of a function; nothing when it is not whole, which is reported.
pub(super) fn read(name: &Written, fields: &mut Fields<'_>) -> Option<FunctionDetail> {
    let mut arguments = Vec::new();
    let mut is_whole = true;
    for (index, yaml) in fields.mappings("arguments").into_iter().enumerate() {
        match argument((name, index), &mut fields.of(yaml)) {
            Some(argument) => arguments.push(argument),
            None => is_whole = false,
        }
    }
    let Some(yaml) = fields.value("returns") else {
        missing("returns", "", name, fields);
        return None;
    };
    let mut inside = fields.of(yaml);
    let Some(data_type) = inside.plain("data_type") else {
        missing("data_type", " - at path ['returns']", name, &mut inside);
        return None;
    };
    let description = inside.plain("description");
    is_whole.then_some(FunctionDetail { arguments, returns: Some(FunctionReturns { data_type, description }) })
}

fn argument((function, index): (&Written, usize), fields: &mut Fields<'_>) -> Option<FunctionArgument> {
    let name = fields.name("an argument")?;
    let Some(data_type) = fields.plain("data_type") else {
        missing("data_type", &format!(" - at path ['arguments'][{index}]"), function, fields);
        return None;
    };
    Some(FunctionArgument {
        name: name.text,
        data_type,
        description: fields.plain("description"),
        default_value: fields.value("default_value").filter(|value| !value.is_null()).map(crate::yaml::Yaml::to_value),
        span: name.span,
    })
}

/// Says in dbt's words which property is missing.
fn missing(key: &str, place: &str, function: &Written, fields: &mut Fields<'_>) {
    let path = &fields.file.path;
    let title = format!(
        "Invalid functions config given in {path} @ functions: {{'name': '{}'}}{place}: '{key}' is a required property",
        function.text
    );
    let span = fields.yaml.span.clone();
    fields.diagnostics.push(
        Diagnostic::error(Kind::Parsing, "E0211", title)
            .at(function.span.clone(), "this function")
            .with_context(span, format!("`{key}` is missing here")),
    );
}
