//! `modules.itertools`: the fourteen functions that dbt offers. All give lists; endless ones are refused or bounded.

use minijinja::value::Tuple;
use minijinja::{Error, State, Value};

use super::{Function, Member, Module};
use crate::template::arguments::{Arguments, type_error};
use crate::template::values::{Operator, apply, bound, integer, iterate, list, value_error};

/// Results are not made longer than this.
const MAX_LENGTH: usize = 1_000_000;

pub(super) fn module() -> Value {
    let functions: [(&'static str, Function); 14] = [
        ("accumulate", accumulate),
        ("chain", chain),
        ("combinations", |_, arguments| chosen(arguments, Choice::Combinations)),
        ("combinations_with_replacement", |_, arguments| chosen(arguments, Choice::WithReplacement)),
        ("compress", compress),
        ("count", count),
        ("cycle", |_, _| Err(endless("cycle"))),
        ("islice", slice),
        ("permutations", |_, arguments| chosen(arguments, Choice::Permutations)),
        ("product", product),
        ("repeat", repeat),
        ("starmap", star_map),
        ("tee", tee),
        ("zip_longest", zip_longest),
    ];
    let members = functions.into_iter().map(|(name, function)| (name, Member::Function(function))).collect();
    Value::from_object(Module { name: "itertools", members })
}

fn endless(name: &str) -> Error {
    type_error(format!("itertools.{name}() without an end is not offered: lists are made at once here"))
}

fn too_long() -> Error {
    value_error("the result would be too long")
}

fn rows(rows: Vec<Vec<Value>>) -> Value {
    list(rows.into_iter().map(|row| Value::from(Tuple::new(row))).collect())
}

fn accumulate(state: &mut State, arguments: &Arguments) -> Result<Value, Error> {
    let [items, function, initial] = arguments.options(["iterable", "func", "initial"])?;
    let items = iterate(&items.ok_or_else(|| arguments.missing("iterable"))?)?;
    let function = function.filter(|function| !function.is_none());
    let mut totals: Vec<Value> = initial.into_iter().filter(|initial| !initial.is_none()).collect();
    for item in items {
        let next = match (totals.last(), &function) {
            (None, _) => item,
            (Some(total), None) => apply(Operator::Add, total, &item)?,
            (Some(total), Some(function)) => function.call(state, &[total.clone(), item])?,
        };
        totals.push(next);
    }
    Ok(list(totals))
}

fn chain(_: &mut State, arguments: &Arguments) -> Result<Value, Error> {
    let parts = arguments.positional().iter().map(iterate).collect::<Result<Vec<_>, Error>>()?;
    Ok(list(parts.into_iter().flatten().collect()))
}

fn compress(_: &mut State, arguments: &Arguments) -> Result<Value, Error> {
    let [items, selectors] = arguments.options(["data", "selectors"])?;
    let (Some(items), Some(selectors)) = (items, selectors) else { return Err(arguments.missing("selectors")) };
    let chosen = iterate(&items)?.into_iter().zip(iterate(&selectors)?).filter(|(_, chosen)| chosen.is_true());
    Ok(list(chosen.map(|(item, _)| item).collect()))
}

fn count(_: &mut State, _: &Arguments) -> Result<Value, Error> {
    Err(endless("count"))
}

fn slice(_: &mut State, arguments: &Arguments) -> Result<Value, Error> {
    let [items, first, end, step] = arguments.options(["iterable", "start", "stop", "step"])?;
    let items = iterate(&items.ok_or_else(|| arguments.missing("iterable"))?)?;
    let (start, end) = match &end {
        None => (0, bound(first.as_ref(), items.len(), items.len())?),
        end => (bound(first.as_ref(), 0, items.len())?, bound(end.as_ref(), items.len(), items.len())?),
    };
    let step = step.filter(|step| !step.is_none()).map_or(Ok(1), |step| integer(&step))?;
    let step = usize::try_from(step).ok().filter(|step| *step > 0);
    let step = step.ok_or_else(|| value_error("Step for islice() must be a positive integer or None."))?;
    Ok(list(items.into_iter().take(end).skip(start).step_by(step).collect()))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Choice {
    Combinations,
    WithReplacement,
    Permutations,
}

fn chosen(arguments: &Arguments, choice: Choice) -> Result<Value, Error> {
    let [items, length] = arguments.options(["iterable", "r"])?;
    let items = iterate(&items.ok_or_else(|| arguments.missing("iterable"))?)?;
    let length = match length.filter(|length| !length.is_none()) {
        Some(length) => usize::try_from(integer(&length)?).map_err(|_| value_error("r must be non-negative"))?,
        None if choice == Choice::Permutations => items.len(),
        None => return Err(arguments.missing("r")),
    };
    if choice != Choice::WithReplacement && length > items.len() {
        return Ok(list(Vec::new()));
    }
    // Each round lengthens every row by one place.
    let mut chosen: Vec<Vec<usize>> = vec![Vec::new()];
    for _ in 0..length {
        let mut longer = Vec::new();
        for row in &chosen {
            let last = row.last().copied();
            let places = match (choice, last) {
                (Choice::Combinations, Some(last)) => last + 1..items.len(),
                (Choice::WithReplacement, Some(last)) => last..items.len(),
                _ => 0..items.len(),
            };
            for place in places.filter(|place| choice != Choice::Permutations || !row.contains(place)) {
                longer.push([row.as_slice(), &[place]].concat());
            }
            if longer.len() > MAX_LENGTH {
                return Err(too_long());
            }
        }
        chosen = longer;
    }
    Ok(rows(chosen.into_iter().map(|row| row.into_iter().map(|place| items[place].clone()).collect()).collect()))
}

fn product(_: &mut State, arguments: &Arguments) -> Result<Value, Error> {
    let mut parts = arguments.positional().iter().map(iterate).collect::<Result<Vec<_>, Error>>()?;
    if let Some(times) = arguments.keyword("repeat") {
        let times = usize::try_from(integer(times)?).map_err(|_| value_error("repeat argument cannot be negative"))?;
        if times.saturating_mul(parts.len()) > 1000 {
            return Err(too_long());
        }
        parts = std::iter::repeat_n(parts, times).flatten().collect();
    }
    let mut made: Vec<Vec<Value>> = vec![Vec::new()];
    for part in parts {
        if made.len().saturating_mul(part.len()) > MAX_LENGTH {
            return Err(too_long());
        }
        made = made
            .iter()
            .flat_map(|row| part.iter().map(move |item| [row.as_slice(), std::slice::from_ref(item)].concat()))
            .collect();
    }
    Ok(rows(made))
}

fn repeat(_: &mut State, arguments: &Arguments) -> Result<Value, Error> {
    let [item, times] = arguments.options(["object", "times"])?;
    let item = item.ok_or_else(|| arguments.missing("object"))?;
    let times = integer(&times.ok_or_else(|| endless("repeat"))?)?;
    let times = usize::try_from(times).unwrap_or(0);
    if times > MAX_LENGTH {
        return Err(too_long());
    }
    Ok(list(vec![item; times]))
}

fn star_map(state: &mut State, arguments: &Arguments) -> Result<Value, Error> {
    let [function, items] = arguments.options(["function", "iterable"])?;
    let (Some(function), Some(items)) = (function, items) else { return Err(arguments.missing("iterable")) };
    let called = iterate(&items)?.into_iter().map(|item| function.call(state, &iterate(&item)?));
    called.collect::<Result<Vec<_>, Error>>().map(list)
}

fn tee(_: &mut State, arguments: &Arguments) -> Result<Value, Error> {
    let [items, count] = arguments.options(["iterable", "n"])?;
    let items = iterate(&items.ok_or_else(|| arguments.missing("iterable"))?)?;
    let count = usize::try_from(count.map_or(Ok(2), |count| integer(&count))?).unwrap_or(0);
    if items.len().saturating_mul(count) > MAX_LENGTH || count > MAX_LENGTH {
        return Err(too_long());
    }
    Ok(Value::from(Tuple::new((0..count).map(|_| list(items.clone())).collect())))
}

fn zip_longest(_: &mut State, arguments: &Arguments) -> Result<Value, Error> {
    let fill = arguments.keyword("fillvalue").cloned().unwrap_or_else(|| Value::from(()));
    let columns = arguments.positional().iter().map(iterate).collect::<Result<Vec<_>, Error>>()?;
    let length = columns.iter().map(Vec::len).max().unwrap_or(0);
    let row = |index: usize| columns.iter().map(|column| column.get(index).unwrap_or(&fill).clone()).collect();
    Ok(rows((0..length).map(row).collect()))
}
