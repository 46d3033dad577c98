//! The optional labels of a batch job with a language model: handed out, taken, checked.

use crate::project::{Project, Ran};

const TICKETS: &str = "\
ticket_id,created_at,resolved_at,status,channel,creator_id,tag,first_response_time,message_text
T1,2025-03-03T09:00:00Z,,pending,email,U1,,,The basket is empty again
T2,2025-03-03T10:00:00Z,,pending,email,U2,checkout,,The basket is empty
T3,2025-03-03T11:00:00Z,,pending,email,U3,,,Nothing of what I tried helps
T4,2025-03-03T12:00:00Z,,pending,email,U4,,,!!!
";
const OPEN: &str = "select ticket_id, handed_out_at::date as day from {{ ref('int_tickets_to_label') }} order by all";
const ANSWERS: &str = "select ticket_id, ai_layer as layer, ai_category as category, ai_rationale as why from {{ ref('int_ticket_categories') }} order by all";

fn project(labels: &str) -> Project {
    let project = Project::bundled().file("mine/tickets.csv", TICKETS);
    if labels.is_empty() { project } else { project.file("mine/ticket_ai_labels.csv", labels) }
}

fn build(project: &Project) -> Ran {
    let selected = ["build", "--select", "+int_tickets_to_label", "+int_ticket_categories"];
    let rest = ["--indirect-selection", "buildable", "--vars", "tickets_path: mine/tickets.csv"];
    project.run(&[&selected[..], &rest[..]].concat())
}

fn shown(project: &Project, sql: &str) -> String {
    let vars = ["--vars", "tickets_path: mine/tickets.csv"];
    project.run(&[&["show", "--quiet", "--output", "csv", "--inline", sql], &vars[..]].concat()).success().stdout
}

#[test]
fn a_ticket_is_handed_out_until_it_has_a_label() {
    let mut project = project("");
    let _ = build(&project).success();
    assert_eq!(shown(&project, OPEN), "ticket_id,day\nT1,2025-03-03\nT3,2025-03-03\n");
    // The next day T1 has a label, T3 another text, and T5 is new.
    let next = TICKETS.replace("Nothing of", "Still nothing of")
        + "T5,2025-03-04T08:00:00Z,,pending,email,U5,,,Where is my invoice\nT6,2025-03-04T09:00:00Z,,pending,email,U5,financial,,Refund\n";
    project = project.file("mine/tickets.csv", &next).file(
        "mine/ticket_ai_labels.csv",
        "ticket_id,ai_category,rationale\nT1,Others,\"It says nothing. Really. Nothing.\"\n",
    );
    let ran = build(&project).success();
    assert!(ran.stderr.contains("int_tickets_to_label"), "{}", ran.stderr);
    assert_eq!(shown(&project, OPEN), "ticket_id,day\nT3,2025-03-04\nT5,2025-03-04\n");
    let answers = shown(&project, ANSWERS);
    assert!(answers.contains("T1,label,others,It says nothing. Really.\n"), "{answers}");
    assert!(answers.contains("T2,rule,checkout"), "{answers}");
}

#[test]
fn labels_that_say_nothing_are_warned_of_and_have_no_effect() {
    let project =
        project("ticket_id,ai_category,rationale\nT1,weather,It mentions rain.\nT9,others,No words.\nT3,others,\n");
    let ran =
        build(&project).success().says("label_is_accepted").says("labelled_ticket_is_known").says("label_has_a_reason");
    assert!(ran.stderr.contains("WARN=3"), "{}", ran.stderr);
    let answers = shown(&project, ANSWERS);
    assert!(answers.contains("T1,rule,checkout"), "{answers}");
    assert!(answers.contains("T3,label,others,\"Labelled by the batch job, which gave no reason.\""), "{answers}");
    assert_eq!(shown(&project, OPEN), "ticket_id,day\nT1,2025-03-03\n");
}

#[test]
fn a_ticket_labelled_twice_is_an_error() {
    let project = project("ticket_id,ai_category,rationale\nT1,others,One.\nT1,checkout,Two.\n");
    let _ = build(&project).code(1).says("unique_stg_ticket_ai_labels_ticket_id");
}
