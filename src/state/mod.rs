//! Artifacts of an earlier run into what selection, deferral and retrying compare with.
//!
//! [`PreviousState`] reads the files of a folder, [`Comparison`] sets them beside the project as it is, [`Deferral`] gives the
//! relations of that state to refs, [`PreviousRun`] says what is to be run again.

mod comparison;
mod contract;
mod deferral;
mod previous;
mod run;
mod same;

pub use comparison::{Comparison, ComparisonSettings, NO_MANIFEST, NO_RESULTS, NO_SOURCES};
pub use deferral::{Deferral, DeferralUse};
pub use previous::PreviousState;
pub use run::{PreviousRun, Warned};
