//! "Did you mean": the known name that an unknown one most likely stands for.

/// Returns the candidate nearest to `name`, when one is near enough to be a slip of the pen.
///
/// Nearness is the Damerau-Levenshtein distance over lower-cased names; at most a third of the name may differ.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = name.to_lowercase();
    let most = (wanted.chars().count() / 3).clamp(1, 4);
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&wanted, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= most && *candidate != name)
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_is_found_and_a_stranger_is_not() {
        let names = ["stg_tickets", "fct_sla_daily", "users"];
        assert_eq!(nearest("stg_ticket", names), Some("stg_tickets"));
        assert_eq!(nearest("STG_TICKETS", names), Some("stg_tickets"));
        assert_eq!(nearest("fct_sla_dialy", names), Some("fct_sla_daily"));
        assert_eq!(nearest("orders", names), None);
    }
}
