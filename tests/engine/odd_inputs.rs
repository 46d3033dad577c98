//! The bundled project on inputs that are missing, empty or odd: it builds and says what it left out, or a test fails and
//! nothing is published.

use crate::project::{Project, Ran};

const INPUTS: [&str; 9] = [
    "users_raw",
    "agents_raw",
    "ticket_events_raw",
    "satisfaction_raw",
    "businesses_raw",
    "business_users_raw",
    "kb_articles_raw",
    "kb_ratings_raw",
    "kb_searches_raw",
];

/// The bundled project on the first rows of its files, without the tickets of users who are gone.
fn small() -> Project {
    let mut project = Project::bundled();
    for (name, lines) in [
        ("tickets_raw", 40),
        ("ticket_events_raw", 150),
        ("satisfaction_raw", 15),
        ("kb_ratings_raw", 40),
        ("kb_searches_raw", 40),
    ] {
        let path = format!("data/{name}.csv");
        let rows: String =
            project.read(&path).split_inclusive('\n').filter(|row| !row.contains(",X")).take(lines).collect();
        project = project.file(&path, &rows);
    }
    let mails: String = project.read("data/mail/support.mbox").split_inclusive('\n').take(80).collect();
    project.file("data/mail/support.mbox", &mails)
}

fn without(project: Project, input: &str) -> Project {
    let path = match input {
        "livechat" | "mail" => project.path("data").join(input),
        _ => project.path(&format!("data/{input}.csv")),
    };
    if path.is_dir() {
        std::fs::remove_dir_all(path).unwrap();
    } else {
        std::fs::remove_file(path).unwrap();
    }
    project
}

/// The project with more rows in an input.
fn with(project: Project, input: &str, rows: &str) -> Project {
    let path = format!("data/{input}.csv");
    let all = project.read(&path) + rows;
    project.file(&path, &all)
}

fn build(project: &Project) -> Ran {
    project.run(&["build"])
}

fn everything_passes(ran: Ran) -> Ran {
    ran.success().says("WARN=0 ERROR=0 SKIP=0")
}

/// Nothing is published, and the test is the reason.
fn refused(project: &Project, why: &str) {
    let _ = build(project).code(1).says(why).says("Nothing was exported, because not everything passed");
    assert!(!project.path("exports").exists());
}

fn each_may_be_missing(inputs: &[&str]) {
    for input in inputs {
        let project = without(small(), input);
        let _ = everything_passes(build(&project)).says(&format!("{input}: no file at data/{input}"));
        assert!(project.path("exports/fct_tickets_daily.csv").exists(), "{input}");
    }
}

#[test]
fn people_may_be_missing() {
    each_may_be_missing(&["users_raw", "agents_raw", "businesses_raw", "business_users_raw"]);
}

#[test]
fn what_happened_to_tickets_may_be_missing() {
    each_may_be_missing(&["ticket_events_raw", "satisfaction_raw", "livechat", "mail"]);
}

#[test]
fn the_knowledge_base_may_be_missing() {
    each_may_be_missing(&["kb_articles_raw", "kb_ratings_raw", "kb_searches_raw"]);
}

#[test]
fn tickets_alone_are_enough() {
    let mut project = small();
    for input in INPUTS.into_iter().chain(["livechat", "mail"]) {
        project = without(project, input);
    }
    let mut ran = everything_passes(build(&project));
    for input in INPUTS.into_iter().chain(["livechat", "mail"]) {
        ran = ran.says(&format!("{input}: no file at data/{input}"));
    }
    assert_eq!(project.read("exports/customer_interactions.csv").lines().count(), 1);
    let tickets = project.read("exports/support_health.csv");
    assert!(tickets.lines().nth(1).unwrap().starts_with("39,"), "{tickets}");
}

#[test]
fn files_of_a_header_give_marts_of_a_header() {
    let mut project = small();
    for name in INPUTS.into_iter().chain(["tickets_raw"]) {
        let path = format!("data/{name}.csv");
        let header = project.read(&path).lines().next().unwrap().to_owned() + "\n";
        project = project.file(&path, &header);
    }
    let project = project.file("data/mail/support.mbox", "").file("data/livechat/chats.json", "[]");
    let _ = everything_passes(build(&project));
    assert_eq!(project.read("exports/fct_tickets_daily.csv").lines().count(), 1);
    assert_eq!(project.read("exports/fct_volume_forecast.csv").lines().count(), 1);
    assert_eq!(project.read("exports/support_health.csv").lines().nth(1).unwrap(), "0,0,0,0,,,,,,");
}

#[test]
fn one_ticket_and_files_of_nothing_build() {
    let mut project = small();
    let ticket: String = project.read("data/tickets_raw.csv").split_inclusive('\n').take(2).collect();
    project = project.file("data/tickets_raw.csv", &ticket);
    for name in INPUTS {
        project = project.file(&format!("data/{name}.csv"), "");
    }
    let ran = everything_passes(build(&project));
    let _ = ran.says("users_raw: nothing in the file at data/users_raw.csv; what needs it is left empty");
}

#[test]
fn separators_line_ends_and_letters_of_spreadsheets_are_read() {
    let tickets = "\u{feff}ticket_id;created_at;resolved_at;status;channel;creator_id;tag;first_response_time;message_text\r\n\
                   T1;2025-03-01 09:00;;pending;email;U0038;;4.5;\"Gr\u{fc}\u{df}e; a \"\"quoted\"\" word, = and 100 \u{20ac}\"\r\n\
                   T2;2025-03-01 10:00:00 +0130;;pending;email;U0038;;3.5;\"one\ntwo\"\r\n";
    let project = small().file("data/tickets_raw.csv", tickets);
    let _ = build(&project).success();
    let outliers = project.read("exports/fct_first_response_outliers.csv");
    assert!(outliers.contains("\"Gr\u{fc}\u{df}e; a \"\"quoted\"\" word, = and 100 \u{20ac}\""), "{outliers}");
    assert!(outliers.contains("T2,2025-03-01T08:30:00Z,email,others,3.5,\"one\ntwo\""), "{outliers}");

    let latin =
        b"ticket_id\tcreated_at\tresolved_at\tstatus\tchannel\tcreator_id\ttag\tfirst_response_time\tmessage_text\n\
                  T1\t2025-03-01 09:00\t\tpending\temail\tU0038\t\t4.5\tGr\xfc\xdfe\n";
    let project = small().bytes("data/latin/tickets_raw.csv", latin);
    let vars = "{tickets_path: data/latin/tickets_raw.csv, csv_encoding: latin-1}";
    let _ = project.run(&["build", "--vars", vars]).success();
    assert!(project.read("exports/fct_first_response_outliers.csv").contains("Gr\u{fc}\u{df}e"));
}

#[test]
fn odd_texts_are_published_harmless() {
    let long = "word ".repeat(2000);
    let rows = format!(
        "=Z1,2025-01-05T08:00:00Z,,pending,email,=U1,,9001,\"=cmd|'/c calc'!A1\"\n\
         Z2,2025-01-05T08:00:00Z,,pending,email,\u{dc}n\u{1f600},,9002,\"\u{202e} \u{6f22}\u{5b57} \u{0} nul\"\n\
         Z3,2025-01-05T08:00:00Z,,pending,email,U1,,9003,{long}\n"
    );
    let project = with(small(), "tickets_raw", &rows);
    let _ = build(&project).success();
    let outliers = project.read("exports/fct_first_response_outliers.csv");
    assert!(outliers.contains(long.trim()) && outliers.contains("\u{6f22}\u{5b57}"));
    let formula = outliers.lines().find(|line| line.starts_with("'=Z1,")).unwrap_or_default();
    assert!(formula.ends_with(",'=cmd|'/c calc'!A1"), "{outliers}");
}

#[test]
fn tickets_that_break_a_rule_are_refused_by_its_test() {
    let day = "2025-01-05T08:00:00Z";
    let cases = [
        (format!("Z1,{day},2024-01-05T08:00:00Z,resolved,email,U1,,1,x\n"), "resolved_after_created"),
        (format!("Z1,{day},,resolved,email,U1,,1,x\n"), "resolved_after_created"),
        (format!("T0001,{day},,pending,email,U1,,1,x\n"), "unique_stg_tickets_ticket_id"),
        (format!("Z1,{day},,pending,email,U1,,-5,x\n"), "first_response_within_a_week"),
        (format!("Z1,{day},,reborn,email,U1,,5,x\n"), "status_is_accepted"),
        ("Z1,5/1/2025 8:00,,pending,email,U1,,5,x\n".to_owned(), "column created_at"),
        (format!("Z1,{day},,pending\n"), "data/tickets_raw.csv"),
    ];
    for (rows, why) in cases {
        refused(&with(small(), "tickets_raw", &rows), why);
    }
}

#[test]
fn ratings_and_merchants_that_break_a_rule_are_told_of() {
    for rating in ["-1", "4.5"] {
        let rows = format!("T4999,{rating},2025-01-05T08:00:00Z,\n");
        refused(&with(small(), "satisfaction_raw", &rows), "rating_is_accepted");
    }
    let project = with(small(), "business_users_raw", "NOBODY,U1,owner\n");
    let _ = build(&project).success().says("business_of_user_is_known").says("WARN=1");
}

#[test]
fn times_of_years_do_not_overflow_the_correlations() {
    let slow = "Z1,2000-01-01T00:00:00Z,2025-01-01T00:00:00Z,resolved,email,U1,,13000000,x\n";
    let project = with(with(small(), "tickets_raw", slow), "satisfaction_raw", "Z1,1,2025-01-02T00:00:00Z,\n");
    refused(&project, "first_response_within_a_week");
    let vars = "{first_response_max_minutes: 20000000}";
    let _ = project.run(&["build", "--vars", vars]).success();
}

#[test]
fn chats_of_other_shapes_keep_what_can_be_read() {
    let chats = r#"[
        {"id": "x"}, {"nothing": 1}, {"id": "z", "users": "a", "threads": {"a": 1}, "tags": "x"},
        {"id": "y", "users": [{"id": "c", "type": "customer", "email": "C@X.example"}], "tags": null, "rating": 5, "threads": [{"events": [
            {"author": "c", "text": "where is my order", "created_at": "nope"}, {"text": null},
            {"author_id": "c", "type": "message", "message": "hello?", "timestamp": 1735812000}]}]}
    ]"#;
    let project = small().file("data/livechat/chats.json", chats);
    let _ = build(&project).success();
    let lines = project.read("exports/interaction_messages.csv");
    let mine: Vec<&str> = lines.lines().filter(|line| line.starts_with("chat:")).collect();
    assert_eq!(
        mine,
        ["chat:y:1,chat:y,1,customer,,where is my order", "chat:y:2,chat:y,2,customer,2025-01-02T10:00:00Z,hello?"]
    );
    refused(&small().file("data/livechat/chats.json", r#"{"chats": [{"id": 1"#), "data/livechat/chats.json");
}

const NASTY: &str = "From a@c.example Thu Jan  2 08:00:00 2025
From: a@c.example
To: help@shop.example
Subject: Quoted
Message-ID: <q@c>
Date: Thu, 2 Jan 2025 10:00:00 +0100

>From the start it was broken

From b@c.example Thu Jan  2 09:30:00 2025
From: b@c.example
To: help@shop.example
Date: no date at all
Content-Transfer-Encoding: base64

SGVsbG8!!!***gd29ybGQ=

From c@c.example Thu Jan  2 10:00:00 2025
rubbish without headers

From d@c.example Thu Jan  2 11:00:00 2025
From: d@c.example
To: help@shop.example
Subject: circle
Message-ID: <c1@c>
References: <c2@c>
Date: Thu, 2 Jan 2025 11:00:00

one

From help@shop.example Thu Jan  2 12:00:00 2025
From: help@shop.example
To: d@c.example
Subject: Re: circle
Message-ID: <c2@c>
References: <c1@c>
Date: Thu, 2 Jan 2025 12:00:00 +0000
Content-Type: multipart/mixed; boundary=A

--A
Content-Type: multipart/alternative; boundary=B

--B
Content-Type: text/plain; charset=utf-8

two
--B
Content-Type: text/html

<p>two</p>
--B--
--A--

From e@c.example Thu Jan  2 13:00:00 2025
From: e@c.example
To: help@shop.example
Subject: self
Message-ID: <s@c>
In-Reply-To: <s@c>
Date: Thu, 2 Jan 2025 13:00:00 +0000

no final newline";

#[test]
fn nasty_mail_keeps_every_message() {
    let huge = format!(
        "From: h@c.example\nTo: help@shop.example\nSubject: {}\nMessage-ID: <h@c>\n\nhuge\n",
        "x".repeat(400_000)
    );
    let latin = b"\xef\xbb\xbfFrom: J\xfcrgen <j@c.example>\nTo: help@shop.example\nSubject: Gr\xfc\xdfe\nMessage-ID: <l@c>\nContent-Type: text/plain; charset=utf-8\n\nSch\xf6n\n";
    let project = small()
        .file("data/mail/support.mbox", NASTY)
        .file("data/mail/empty.mbox", "")
        .file("data/mail/below/huge.eml", &huge)
        .bytes("data/mail/below/deeper/latin.EML", latin);
    let _ = everything_passes(build(&project));
    let mut reader = csv::Reader::from_path(project.path("exports/interaction_messages.csv")).unwrap();
    let rows = reader.records().map(Result::unwrap).filter(|row| row[0].starts_with("mail:"));
    let read: Vec<String> = rows.map(|row| [&row[1], &row[3], &row[4], &row[5]].join("|")).collect();
    assert_eq!(
        read,
        [
            "mail:c1@c|customer|2025-01-02T11:00:00Z|one",
            "mail:c1@c|agent|2025-01-02T12:00:00Z|two",
            "mail:data/mail/support.mbox#2|customer|2025-01-02T09:30:00Z|SGVsbG8!!!***gd29ybGQ=",
            "mail:data/mail/support.mbox#3|customer|2025-01-02T10:00:00Z|rubbish without headers",
            "mail:h@c|customer||huge",
            "mail:l@c|customer||Sch\u{f6}n",
            "mail:q@c|customer|2025-01-02T09:00:00Z|From the start it was broken",
            "mail:s@c|customer|2025-01-02T13:00:00Z|no final newline",
        ]
    );
}

const OTHERS: &str = "From ann at c.example  Thu Jan  2 08:00:00 2025
From: ann at c.example (Ann Adler)
To: help@shop.example
Subject: =?utf-8?B?5Lg=?= =?utf-8?B?rQ==?=
Message-ID: <html@c>
Content-Type: text/html

<div>New answer</div><style>p {}</style><div>On Mon, Jan 6, 2025 at 9:00 AM Shop &lt;s@x&gt; wrote:</div>
<blockquote>old</blockquote>
From b@c.example Thu Jan  2 09:00:00 2025
From: b@c.example
To: help@shop.example
Message-ID: <b64@c>
Date: Thu, 30 Feb 2025 10:00:00 +0000
Content-Transfer-Encoding: base64

SGVsbG8gd29ybGQ

From c@c.example Thu Jan  2 10:00:00 2025
From: c@c.example
To: help@shop.example
Message-ID: <open@c>
Date: Thu, 2 Jan 2025 12:00:00 Z
Content-Type: multipart/mixed; boundary=a

--a
Content-Type: text/plain; charset=us-ascii

caf\u{e9}, never ended
";

#[test]
fn mail_of_other_programs_keeps_its_words() {
    let in_maildir = "From: m@c.example\nTo: help@shop.example\nMessage-ID: <dir@c>\nDate: 2 Jan 2025 13:00\n\nMine.\n\nVon: Shop\nGesendet: Montag\nAn: M\n\nold\n";
    let project =
        small().file("data/mail/box.mbox", OTHERS).file("data/mail/post/cur/1735822800.M1.host:2,S", in_maildir);
    let _ = build(&project).success();
    let lines = project.read("exports/interaction_messages.csv");
    let mine: Vec<&str> = lines.lines().filter(|line| line.starts_with("mail:") && line.contains("@c,")).collect();
    assert_eq!(
        mine,
        [
            "mail:b64@c,mail:b64@c,1,customer,2025-01-02T09:00:00Z,Hello world",
            "mail:dir@c,mail:dir@c,1,customer,2025-01-02T13:00:00Z,Mine.",
            "mail:html@c,mail:html@c,1,customer,2025-01-02T08:00:00Z,New answer",
            "mail:open@c,mail:open@c,1,customer,2025-01-02T12:00:00Z,\"caf\u{e9}, never ended\"",
        ]
    );
}
