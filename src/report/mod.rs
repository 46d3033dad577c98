//! Events into terminal lines or JSON lines; the only module that prints.
