//! The macros as compile units: each block is rewritten when it is first asked for.

use std::sync::OnceLock;

use super::registry::Registry;
use super::rewrite::{EditMap, Extras, Marks, PROLOGUE, Rewritten, Unit, rewrite};
use super::scan::ScanError;
use crate::resource::{MacroDefinition, UniqueId};

/// The name of a unit that does nothing but let macros be loaded.
pub(super) const BOOT_UNIT: &str = "__boot";

/// All macros, with what was learnt of each when it was rewritten.
#[derive(Debug)]
pub(super) struct Library {
    /// The macros.
    pub registry: Registry,
    extras: Vec<OnceLock<Extras>>,
}

impl Library {
    /// Takes all macros.
    pub fn new(registry: Registry) -> Self {
        let extras = (0..registry.len()).map(|_| OnceLock::new()).collect();
        Self { registry, extras }
    }

    /// Returns the text of a unit as the template engine compiles it.
    pub fn unit(&self, name: &str, is_marked: Marking) -> Option<Result<String, ScanError>> {
        if name == BOOT_UNIT {
            return Some(Ok(PROLOGUE.to_owned()));
        }
        let index = self.registry.index_of_id(&UniqueId::from_text(name))?;
        Some(self.rewritten(index, is_marked)?.map(|rewritten| rewritten.text))
    }

    /// Returns the way from places in a unit back to places in its block.
    pub fn edit_map(&self, index: usize) -> EditMap {
        match self.rewritten(index, Marking::Off) {
            Some(Ok(rewritten)) => rewritten.map,
            _ => EditMap::default(),
        }
    }

    /// Returns what a macro takes beyond its parameters. Known once its unit was asked for.
    pub fn extras(&self, index: usize) -> Extras {
        self.extras.get(index).and_then(OnceLock::get).copied().unwrap_or_default()
    }

    /// Returns a macro.
    pub fn definition(&self, index: usize) -> Option<&MacroDefinition> {
        self.registry.definition(index)
    }

    fn rewritten(&self, index: usize, marking: Marking) -> Option<Result<Rewritten, ScanError>> {
        let definition = self.registry.definition(index)?;
        let marks = match marking {
            Marking::Off => Marks::None,
            Marking::On => Marks::Unit(unit_number(index)),
        };
        let rewritten = rewrite(definition.span.text(), Unit::Macro(&definition.name), marks, &|_| false);
        if let Ok(rewritten) = &rewritten {
            self.extras.get(index)?.get_or_init(|| rewritten.extras);
        }
        Some(rewritten)
    }
}

/// Whether units are to tell where their output comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Marking {
    /// No.
    Off,
    /// Yes.
    On,
}

/// The number of a macro's unit in marks; 0 is the template.
pub(super) fn unit_number(index: usize) -> u32 {
    u32::try_from(index + 1).unwrap_or(u32::MAX)
}
