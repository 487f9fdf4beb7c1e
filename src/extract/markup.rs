//! XML of a stranger, as a stream of tags and text.
//!
//! No entity is defined, nothing outside is named, and neither depth nor a node's length is without a limit. It refuses to
//! know what the tags mean.

use std::{borrow::Cow, io::BufRead};

use quick_xml::{
    Reader, XmlVersion,
    events::{BytesStart, Event},
};

use super::{entities, error::Error, limits::Meter};

/// Tags within tags. Tables in tables in text boxes need some dozens.
const DEPTH: usize = 400;

/// What a document consists of. An empty tag is opened and closed.
pub(super) enum Node<'a> {
    Open(Tag<'a>),
    /// The local name of the tag that ends.
    Close(String),
    Text(Cow<'a, str>),
    End,
}

/// A tag that opens.
pub(super) struct Tag<'a>(BytesStart<'a>);

impl Tag<'_> {
    /// Its name without the prefix of a namespace.
    pub(super) fn name(&self) -> &str {
        self.0.local_name().into_inner()
    }

    /// An attribute by its name without prefix; one that has no prefix is preferred.
    pub(super) fn attribute(&self, name: &str) -> Option<String> {
        self.find(|key, local| key == local && local == name).or_else(|| self.prefixed_attribute(name))
    }

    /// An attribute that has a prefix, as `r:id`, by its name without it.
    pub(super) fn prefixed_attribute(&self, name: &str) -> Option<String> {
        self.find(|key, local| key != local && local == name)
    }

    fn find(&self, is_wanted: impl Fn(&str, &str) -> bool) -> Option<String> {
        let mut attributes = self.0.attributes();
        let mut found = attributes.with_checks(false).flatten();
        let attribute = found.find(|attribute| is_wanted(attribute.key.as_ref(), attribute.key.local_name().into_inner()))?;
        attribute.normalized_value(XmlVersion::Implicit1_0).map(Cow::into_owned).ok()
    }
}

/// A document that is being read.
pub(super) struct Markup<'a, R> {
    reader: Reader<R>,
    buffer: Vec<u8>,
    depth: usize,
    meter: &'a Meter,
}

impl<'a, R: BufRead> Markup<'a, R> {
    pub(super) fn new(source: R, meter: &'a Meter) -> Self {
        let mut reader = Reader::from_reader(source);
        reader.config_mut().expand_empty_elements = true;
        reader.config_mut().allow_dangling_amp = true;
        Self { reader, buffer: Vec::new(), depth: 0, meter }
    }

    /// The next node; after `End` there is none.
    pub(super) fn next(&mut self) -> Result<Node<'_>, Error> {
        self.meter.begin_node();
        self.buffer.clear();
        let event = self.reader.read_event_into(&mut self.buffer);
        let event = event.map_err(|error| self.meter.verdict().unwrap_or_else(|| Error::damaged(format!("XML: {error}"))))?;
        Ok(match event {
            Event::Start(tag) | Event::Empty(tag) => {
                self.depth += 1;
                if self.depth > DEPTH {
                    return Err(Error::damaged("XML: tags are nested too deep"));
                }
                Node::Open(Tag(tag))
            }
            Event::End(tag) => {
                self.depth = self.depth.saturating_sub(1);
                Node::Close(tag.local_name().into_inner().to_owned())
            }
            Event::Text(text) => Node::Text(text.xml10_content()),
            Event::CData(text) => Node::Text(text.xml10_content()),
            Event::GeneralRef(reference) => Node::Text(Cow::Owned(entities::resolve(&reference))),
            // An internal subset is where entities are defined, and no office document has one.
            Event::DocType(declaration) if declaration.contains('[') => {
                return Err(Error::damaged("XML: it defines entities"));
            }
            Event::DocType(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => Node::Text(Cow::Borrowed("")),
            Event::Eof if self.depth > 0 => return Err(Error::damaged("XML: it ends within a tag")),
            Event::Eof => Node::End,
        })
    }
}
