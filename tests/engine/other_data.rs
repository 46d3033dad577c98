//! The bundled project on data of another form, through the mapping models of `data/examples/mappings`. The inputs are made here in the
//! form of the real sets; docs/guide/9-your-own-tickets.md says what became of these.

use std::collections::BTreeMap;

use serde_json::json;

use crate::project::Project;

const MAPPINGS: [&str; 3] = ["build", "--project-dir", "data/examples/mappings"];
const HEADER: &str = ",Complaint ID,Product,Sub-product,Issue,Sub-issue,State,ZIP code,Date received,Date sent to company,\
                      Company response,Timely response?,Consumer disputed?\n";
const PRODUCTS: [(&str, &str); 4] = [
    ("Mortgage", "\"Loan servicing, payments, escrow account\""),
    ("Debt collection", "Cont'd attempts collect debt not owed"),
    ("Credit card", "Billing disputes"),
    ("Bank account or service", "Deposits and withdrawals"),
];
const RESPONSES: [&str; 6] = [
    "Closed with explanation",
    "Closed with non-monetary relief",
    "Closed with monetary relief",
    "Closed",
    "In progress",
    "Untimely response",
];

fn complaints() -> String {
    let mut csv = HEADER.to_owned();
    for number in 0..400 {
        let (product, issue) = PRODUCTS[number * 7 % 4];
        let (day, response) = (number % 28 + 1, RESPONSES[number % 6]);
        let (month, sent) = (number % 2 + 1, if number % 5 == 0 { day } else { (day + 3).min(28) });
        csv += &format!(
            "{number},{},{product},,{issue},,TX,70001,{month}/{day}/2015,{month}/{sent}/2015,{response},Yes,\n",
            9000 + number
        );
    }
    csv
}

fn map(project: &Project, vars: &str) -> crate::project::Ran {
    project.run(&[&MAPPINGS[..], &["--vars", vars]].concat())
}

fn rows(project: &Project, mart: &str) -> Vec<BTreeMap<String, String>> {
    csv::Reader::from_path(project.path(&format!("exports/{mart}.csv")))
        .unwrap()
        .deserialize()
        .map(Result::unwrap)
        .collect()
}

#[test]
fn complaints_in_another_form_become_tickets() {
    let project = Project::bundled().file("mine/complaints.csv", &complaints());
    let _ = map(&project, "{complaints_path: mine/complaints.csv}").success();
    let _ = project.run(&["build", "--vars", "@data/examples/consumer_complaints.yml"]).success();
    let health = &rows(&project, "support_health")[0];
    // Of each six in a row: three resolved, one closed, one pending, one escalated.
    let counts = ["tickets", "resolved", "closed_without_solution", "backlog"].map(|column| health[column].as_str());
    assert_eq!(counts, ["400", "201", "67", "132"]);
    assert_eq!(health["as_of"], "2015-02-28T00:00:00Z");
    let quality = rows(&project, "fct_classification_quality");
    let categories: Vec<&str> = quality.iter().map(|row| row["category"].as_str()).collect();
    assert_eq!(categories, ["__all__", "bank account or service", "credit card", "debt collection", "mortgage"]);
    assert_eq!(quality[0]["recall"], "1.0");
}

#[test]
fn an_answer_that_the_mapping_does_not_know_is_an_error() {
    let unknown = complaints().replace("Untimely response", "Lost in the post");
    let project = Project::bundled().file("mine/complaints.csv", &unknown);
    let ran = map(&project, "{complaints_path: mine/complaints.csv}").code(1).says("not_null_tickets_raw_status");
    let _ = ran.says("Got 66 results");
    assert!(!project.path("data/examples/mappings/exports/tickets_raw.csv").exists());
}

#[test]
fn conversations_in_other_forms_become_interactions() {
    let dialogues: Vec<_> = (0..40)
        .map(|number| {
            let said = [("user", "Where is my order?"), ("assistant", "It is on its way."), ("user", "That's \"late\", is it?")];
            let utterance = |(index, (speaker, text)): (usize, &(&str, &str))| {
                json!({"index": index, "speaker": speaker, "text": text, "segments": [], "annotations": [{"name": "api_call", "value": "x"}]})
            };
            let utterances: Vec<_> = said.iter().enumerate().map(utterance).collect();
            json!({"conversation_id": format!("dlg-{number:02}"), "vertical": "Coffee", "instructions": null, "utterances": utterances})
        })
        .collect();
    let conversations: Vec<_> = (0..10)
        .map(|number| {
            let personal = json!({"customer_name": "ada lind", "email": format!("Ada{number}@example.com"), "phone": "0"});
            json!({
                "convo_id": number,
                "scenario": {"personal": personal, "order": {}, "flow": "product_defect", "subflow": "return_size"},
                "original": [["customer", "I want a refund, the size is wrong"], ["action", "Account pulled up"], ["agent", "Done."]],
                "delexed": [{"speaker": "customer", "targets": [null]}],
            })
        })
        .collect();
    let project = Project::bundled()
        .file("mine/dialogues.json", &json!(dialogues).to_string())
        .file("mine/conversations.json", &json!(conversations).to_string());
    let _ = map(&project, "{taskmaster_path: mine/dialogues.json, abcd_path: mine/conversations.json}").success();
    let vars = "{livechat_path: 'data/examples/mappings/exports/*_chats.json', mail_path: 'none/*.mbox'}";
    let _ = project.run(&["build", "--vars", vars]).success();
    let interactions = rows(&project, "customer_interactions");
    assert_eq!(interactions.len(), 50);
    assert_eq!(interactions[0]["customer_email"], "ada0@example.com");
    assert_eq!(interactions[0]["transcript"], "customer: I want a refund, the size is wrong\nagent: Done.");
    assert_eq!(interactions[10]["interaction_id"], "chat:dlg-00");
    assert_eq!(interactions[10]["category"], "order_tracking");
    assert_eq!(rows(&project, "interaction_messages").len(), 40 * 3 + 10 * 2);
}
