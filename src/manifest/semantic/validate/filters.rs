//! Rules on conditions: the calls in them name dimensions, entities and metrics in the form that query engines read.

use super::{GRANULARITIES, Issues, Layer, list, listed, name, text};
use crate::parse::Call;
use crate::resource::{SemanticNode, Value};

pub(super) fn check(layer: &Layer<'_>, issues: &mut Issues) {
    for metric in &layer.metrics {
        let called = &metric.name;
        let params = metric.body.get("type_params").unwrap_or(&Value::Null);
        let of_measure = format!("filter of measure input `{}` on metric `{called}`", name(&params["measure"]));
        let mut places = vec![
            (metric.body.get("filter"), format!("filter of metric `{called}`")),
            (params["measure"].get("filter"), of_measure),
            (params["numerator"].get("filter"), format!("the numerator filter on metric `{called}`")),
            (params["denominator"].get("filter"), format!("the denominator filter on metric `{called}`")),
        ];
        for input in list(params.get("metrics")) {
            let what = format!("filter for input metric `{}` on metric `{called}`", name(input));
            places.push((input.get("filter"), what));
        }
        for (filter, what) in places {
            intersection(layer, metric, (filter, &what), issues);
        }
    }
}

/// Checks all conditions of one place; what cannot be read is told of once.
fn intersection(layer: &Layer<'_>, metric: &SemanticNode, (filter, what): (Option<&Value>, &str), issues: &mut Issues) {
    let Some(filter) = filter else { return };
    let mut mistakes = String::new();
    for template in list(filter.get("where_filters")).iter().filter_map(|one| text(one, "where_sql_template")) {
        match read(template) {
            Ok(granularities) => {
                for unit in granularities {
                    unknown_unit(layer, metric, &unit, issues);
                }
            }
            Err(message) => {
                let indented =
                    |text: &str| text.lines().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n");
                mistakes.push_str(&format!(
                    "\nFilter:\n{}\nError Message:\n{}",
                    indented(template),
                    indented(&message)
                ));
            }
        }
    }
    if !mistakes.is_empty() {
        issues.error(metric, format!(
            "An error occurred while trying to parse {what} - ParseJinjaObjectException: Encountered error(s) while parsing:\n{mistakes}"
        ));
    }
}

fn unknown_unit(layer: &Layer<'_>, metric: &SemanticNode, unit: &str, issues: &mut Issues) {
    let custom = layer.custom_granularities.iter().map(String::as_str);
    let known: Vec<&str> = GRANULARITIES.into_iter().chain(custom).collect();
    if !known.contains(&unit.to_lowercase().as_str()) {
        issues.warn(metric, format!(
            "Filter for SemanticManifestNodeType.METRIC `{}` is not valid. `{unit}` is not a valid granularity name. Valid granularity options: {}",
            metric.name,
            listed(known)
        ));
    }
}

/// Reads the calls in a condition; returns the units of time that they name.
fn read(template: &str) -> Result<Vec<String>, String> {
    let unreadable = || format!("Error while parsing Jinja template:\n{template}");
    let mut units = Vec::new();
    let mut rest = template;
    while let Some((_, after)) = rest.split_once("{{") {
        let (inside, after) = after.split_once("}}").ok_or_else(unreadable)?;
        let inside = inside.trim_matches(|letter: char| letter == '-' || letter.is_whitespace());
        let function = inside.split('(').next().unwrap_or_default().trim();
        if !["Dimension", "TimeDimension", "Entity", "Metric"].contains(&function) {
            return Err(unreadable());
        }
        match Call::at(inside, 0) {
            Some(call) => units.extend(check_call(&call, &inside[call.range.end..])?),
            None if inside.matches('(').count() != inside.matches(')').count() => return Err(unreadable()),
            // What is no literal only the query engine can tell.
            None => {}
        }
        rest = after;
    }
    Ok(units)
}

fn check_call(call: &Call, after: &str) -> Result<Option<String>, String> {
    let argument = |place: usize, keyword: &str| {
        call.arguments.get(place).or_else(|| call.keywords.get(keyword)).and_then(Value::as_str)
    };
    let grain = ["grain(", ".grain("].iter().find_map(|start| after.split_once(start)).and_then(|(_, rest)| {
        let quoted = rest.trim_start().trim_start_matches(['\'', '"']);
        quoted.split(['\'', '"']).next().map(str::to_owned)
    });
    let Some(named) = call.arguments.first().or_else(|| call.keywords.values().next()).and_then(Value::as_str) else {
        return Ok(None);
    };
    let item = Dundered::read(named);
    match call.name.as_str() {
        "Dimension" | "TimeDimension" if item.links != 1 && item.element != "metric_time" => Err(format!(
            "Name is in an incorrect format: '{named}'. It should be of the form: <primary entity name>__<dimension_name>"
        )),
        "TimeDimension" => Ok(grain.or_else(|| argument(1, "time_granularity_name").map(str::to_owned))),
        "Dimension" => Ok(grain),
        "Entity" if item.has_grain => Err(format!(
            "Name is in an incorrect format: '{named}'. It should not contain a time grain suffix."
        )),
        "Metric" if call.arguments.len() < 2 && !call.keywords.contains_key("group_by") => Err(
            "`group_by` parameter is required for Metric in where filter. This is needed to determine 1) the granularity to aggregate the metric to and 2) how to join the metric to the rest of the query."
                .to_owned(),
        ),
        _ => Ok(None),
    }
}

/// A name of parts with `__` between them: entities, an element, a unit of time.
struct Dundered<'a> {
    links: usize,
    element: &'a str,
    has_grain: bool,
}

impl<'a> Dundered<'a> {
    fn read(written: &'a str) -> Self {
        let mut parts: Vec<&str> = written.split("__").collect();
        let has_grain = parts.len() > 1 && parts.last().is_some_and(|last| GRANULARITIES.contains(last));
        if has_grain {
            parts.pop();
        }
        Self { links: parts.len() - 1, element: parts.last().copied().unwrap_or_default(), has_grain }
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn conditions_are_read_as_query_engines_read_them() {
        let cases = [
            ("1 = 1", Ok(vec![])),
            ("{{ Dimension('id__thing') }} = 1 and {{ Entity('id') }} > 1", Ok(vec![])),
            ("{{ TimeDimension('metric_time', 'eon') }} > '2020-01-01'", Ok(vec!["eon".to_owned()])),
            ("{{ Dimension('id__at').grain('week') }} > '2020-01-01'", Ok(vec!["week".to_owned()])),
            ("{{ Metric('m', group_by=['id']) }} > 1", Ok(vec![])),
            (
                "{{ Dimension('thing') }}",
                Err("Name is in an incorrect format: 'thing'. It should be of the form: <primary entity name>__<dimension_name>"
                    .to_owned()),
            ),
            ("{{ Nope('x') }}", Err("Error while parsing Jinja template:\n{{ Nope('x') }}".to_owned())),
            ("{{ Entity('x' }}", Err("Error while parsing Jinja template:\n{{ Entity('x' }}".to_owned())),
        ];
        for (template, expected) in cases {
            assert_eq!(read(template), expected, "{template}");
        }
    }
}
