//! Jinja2's global functions.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use minijinja::value::{Object, ObjectRepr, Rest, ValueOrKwargs};
use minijinja::{Environment, Error, ErrorKind, State, Value};

use crate::template::arguments::{Arguments, type_error};
use crate::template::values::{integer, list, pairs_of, to_text, value_error};

/// Ranges are not made longer than this.
const MAX_RANGE: i128 = 10_000_000;

/// A function of the language: called with all arguments, keywords last.
pub(super) type Function = fn(&mut State, &Arguments) -> Result<Value, Error>;

/// Registers a function.
pub(super) fn add(env: &mut Environment<'static>, name: &'static str, function: Function) {
    env.add_function(name, move |state: &mut State<'_, '_>, rest: Rest<ValueOrKwargs>| {
        let rest: Vec<Value> = rest.iter().map(|argument| (**argument).clone()).collect();
        function(state, &Arguments::new(name, &rest))
    });
}

/// Registers `range`, `dict`, `lipsum`, `cycler` and `joiner`; `namespace` is minijinja's own.
pub(super) fn install(env: &mut Environment<'static>) {
    add(env, "range", range);
    add(env, "dict", dict);
    add(env, "lipsum", lipsum);
    add(env, "cycler", |_, arguments| {
        if arguments.positional().is_empty() {
            return Err(type_error("at least one item has to be provided"));
        }
        Ok(Value::from_object(Cycler { items: arguments.positional().to_vec(), at: Mutex::new(0) }))
    });
    add(env, "joiner", |_, arguments| {
        let [separator] = arguments.options(["sep"])?;
        let separator = separator.map_or_else(|| ", ".to_owned(), |separator| to_text(&separator));
        Ok(Value::from_object(Joiner { separator, is_used: Mutex::new(false) }))
    });
}

fn range(_: &mut State, arguments: &Arguments) -> Result<Value, Error> {
    let [first, second, step] = arguments.options(["start", "stop", "step"])?;
    let first = integer(&first.ok_or_else(|| arguments.missing("stop"))?)?;
    let (start, end) = match second {
        Some(end) => (first, integer(&end)?),
        None => (0, first),
    };
    let step = step.map_or(Ok(1), |step| integer(&step))?;
    if step == 0 {
        return Err(value_error("range() arg 3 must not be zero"));
    }
    let span = i128::from(end) - i128::from(start);
    let length =
        if (span > 0) == (step > 0) { (span.abs() + i128::from(step).abs() - 1) / i128::from(step).abs() } else { 0 };
    if length > MAX_RANGE {
        return Err(value_error("range() would be too long"));
    }
    Ok(Value::from_object(Range { start, step, length: usize::try_from(length).unwrap_or(0), stop: end }))
}

/// Python's `range`: a sequence that prints as it was asked for.
struct Range {
    start: i64,
    stop: i64,
    step: i64,
    length: usize,
}

impl Range {
    fn item(&self, index: usize) -> Option<Value> {
        let steps = i64::try_from(index).ok().filter(|_| index < self.length)?;
        self.start.checked_add(steps.checked_mul(self.step)?).map(Value::from)
    }
}

impl fmt::Debug for Range {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.step == 1 {
            return write!(formatter, "range({}, {})", self.start, self.stop);
        }
        write!(formatter, "range({}, {}, {})", self.start, self.stop, self.step)
    }
}

impl Object for Range {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Seq
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.item(key.as_usize()?)
    }

    fn enumerate(self: &Arc<Self>) -> minijinja::value::Enumerator {
        minijinja::value::Enumerator::Seq(self.length)
    }

    fn render(self: &Arc<Self>, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_ref(), formatter)
    }
}

fn dict(_: &mut State, arguments: &Arguments) -> Result<Value, Error> {
    let mut pairs = match arguments.positional() {
        [] => Vec::new(),
        [other] => pairs_of(other)?,
        _ => return Err(type_error("dict expected at most 1 argument")),
    };
    pairs.extend(arguments.keywords().iter().cloned().map(|(name, value)| (Value::from(name), value)));
    Ok(crate::template::values::dict(pairs))
}

/// Filler text; always the same, so that a render gives the same text each time.
fn lipsum(_: &mut State, arguments: &Arguments) -> Result<Value, Error> {
    let [count, html, least, _most] = arguments.options(["n", "html", "min", "max"])?;
    let count = count.map_or(Ok(5), |count| integer(&count))?.clamp(0, 1_000);
    let words = least.map_or(Ok(20), |least| integer(&least))?.clamp(1, 1_000);
    let source =
        "lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut labore et dolore";
    let text: Vec<&str> = source.split(' ').cycle().take(usize::try_from(words).unwrap_or(20)).collect();
    let text = format!("{}.", super::text::capitalize(&text.join(" ")));
    let is_html = html.is_none_or(|html| html.is_true());
    let paragraph = if is_html { format!("<p>{text}</p>") } else { text };
    let paragraphs = vec![paragraph; usize::try_from(count).unwrap_or(0)];
    Ok(Value::from(paragraphs.join(if is_html { "\n" } else { "\n\n" })))
}

/// Gives one item after the other, over and over.
struct Cycler {
    items: Vec<Value>,
    at: Mutex<usize>,
}

impl fmt::Debug for Cycler {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("<cycler>")
    }
}

impl Object for Cycler {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        match key.as_str()? {
            "current" => self.items.get(*self.at.lock().unwrap_or_else(PoisonError::into_inner)).cloned(),
            "items" => Some(list(self.items.clone())),
            _ => None,
        }
    }

    fn call_method(self: &Arc<Self>, _: &mut State, method: &str, _: &[Value]) -> Result<Value, Error> {
        let mut at = self.at.lock().unwrap_or_else(PoisonError::into_inner);
        match method {
            "next" => {
                let item = self.items.get(*at).cloned().unwrap_or_default();
                *at = (*at + 1) % self.items.len().max(1);
                Ok(item)
            }
            "reset" => {
                *at = 0;
                Ok(Value::from(()))
            }
            _ => Err(Error::from(ErrorKind::UnknownMethod)),
        }
    }
}

/// Gives nothing when first called, and its separator from then on.
struct Joiner {
    separator: String,
    is_used: Mutex<bool>,
}

impl fmt::Debug for Joiner {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("<joiner>")
    }
}

impl Object for Joiner {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn call(self: &Arc<Self>, _: &mut State, _: &[Value]) -> Result<Value, Error> {
        let mut is_used = self.is_used.lock().unwrap_or_else(PoisonError::into_inner);
        let text = if *is_used { self.separator.as_str() } else { "" };
        *is_used = true;
        Ok(Value::from(text))
    }
}
