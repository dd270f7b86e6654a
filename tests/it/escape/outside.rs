//! A network of our own, with nobody in it but us: whoever is asked, we hear it.
//!
//! The test runs itself again in new namespaces. There a name server answers every name, each
//! page's with an address of its own, so that a bare connection is known to be its doing.
#![allow(clippy::print_stderr, reason = "a test that is skipped says so aloud")]

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use socket2::{Domain, Protocol, Socket, Type};

/// Set for a test that is in its own network already.
const INSIDE: &str = "CODEAGENT_TEST_INSIDE";
/// Set where a network of one's own is promised: then it is no excuse that there is none.
const NEEDED: &str = "CODEAGENT_NEEDS_NAMESPACE";

/// Two ends of a cable and a way out that leads nowhere: a browser without a way out takes itself
/// for offline, and does not even try.
const CABLE: &str = "ip link set lo up
ip link add v0 type veth peer name v1
ip address add 10.77.0.1/24 dev v0
ip link set v1 up
ip link set v0 up
ip route add default via 10.77.0.2 dev v0
ip route add local 10.78.0.0/16 dev lo";

/// Names are asked of us, and of nobody else.
const NAMES: &str = "mount --bind \"$0/resolv.conf\" /etc/resolv.conf
if [ -e /etc/nsswitch.conf ]; then mount --bind \"$0/nsswitch.conf\" /etc/nsswitch.conf; fi";

/// Whether we are in a network of our own. Outside it the test is run again inside, and has
/// passed where that has; or it is skipped, aloud.
pub fn is_inside(test: &str) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    let ways: [&[&str]; 2] = [&["-n", "-m"], &["-r", "-n", "-m"]];
    let mut refusals = Vec::new();
    for way in ways {
        match try_way(way) {
            Ok(()) => {
                run_inside(way, test);
                return false;
            }
            Err(refusal) => refusals.push(format!("unshare {}: {refusal}", way.join(" "))),
        }
    }
    let why = refusals.join("; ");
    let is_promised = std::env::var_os(NEEDED).is_some();
    assert!(!is_promised, "no network of our own, and one was promised: {why}");
    eprintln!("\n!!! SKIPPED: {test} needs a network of its own ({why}) !!!\n");
    false
}

/// Lays the cable for a moment.
fn try_way(way: &[&str]) -> Result<(), String> {
    let folder = files();
    let script = format!("{CABLE}\n{NAMES}");
    let mut command = Command::new("unshare");
    command.args(way).args(["sh", "-ec", &script]).arg(folder.path()).stdin(Stdio::null());
    let output = command.output().map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&output.stderr).trim().replace('\n', ", ");
    if output.status.success() { Ok(()) } else { Err(said) }
}

fn run_inside(way: &[&str], test: &str) {
    let own = std::env::current_exe().expect("this program");
    let mut command = Command::new("unshare");
    command.args(way).arg(own).args(["--exact", &format!("escape::{test}"), "--nocapture"]);
    let status = command.env(INSIDE, "1").stdin(Stdio::null()).status().expect("it starts");
    assert!(status.success(), "in a network of its own it failed, see above");
}

/// What is laid over the machine's own files.
fn files() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in
        [("resolv.conf", "nameserver 127.0.0.1\n"), ("nsswitch.conf", "hosts: files dns\n")]
    {
        std::fs::write(folder.path().join(name), text).expect("a file");
    }
    folder
}

/// A page's name in this network: its form and its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Host {
    pub form: u8,
    pub number: u8,
}

impl Host {
    /// `f12-1.test`: pages may put names of their own before it.
    pub fn name(self) -> String {
        format!("f{}-{}.test", self.form, self.number)
    }

    fn address(self) -> Ipv4Addr {
        Ipv4Addr::new(10, 78, self.form, self.number)
    }

    /// Whose address that is.
    fn at(address: IpAddr) -> Option<Self> {
        match address {
            IpAddr::V4(address) => match address.octets() {
                [10, 78, form, number] => Some(Self { form, number }),
                _ => None,
            },
            IpAddr::V6(_) => None,
        }
    }

    /// Whose name that is, or a name below it.
    fn named(name: &str) -> Option<Self> {
        let own = name.strip_suffix(".test")?.rsplit('.').next()?;
        let (form, number) = own.strip_prefix('f')?.split_once('-')?;
        Some(Self { form: form.parse().ok()?, number: number.parse().ok()? })
    }
}

/// What was heard, and whose doing it was where that is known.
type Heard = Arc<Mutex<Vec<(Option<Host>, String)>>>;

/// Everybody whom a page could speak to.
pub struct Outside {
    heard: Heard,
    _files: tempfile::TempDir,
}

impl Outside {
    /// Lays the cable and listens at its end.
    pub fn open() -> Self {
        let files = files();
        let script = format!("{CABLE}\n{NAMES}");
        let status = Command::new("sh").args(["-ec", &script]).arg(files.path()).status();
        assert!(status.is_ok_and(|status| status.success()), "no cable could be laid");
        let heard = Heard::default();
        let names = UdpSocket::bind("127.0.0.1:53").expect("the port of a name server");
        listen(&heard, move |heard| answer_names(&names, heard));
        for port in [80, 443, 3478] {
            let tcp = TcpListener::bind(("0.0.0.0", port)).expect("a port");
            listen(&heard, move |heard| take_calls(&tcp, heard));
        }
        let stun = UdpSocket::bind("0.0.0.0:3478").expect("a port");
        listen(&heard, move |heard| take_datagrams(&stun, "STUN", heard));
        let neighbours = neighbours();
        listen(&heard, move |heard| take_datagrams(&neighbours, "mDNS", heard));
        Self { heard, _files: files }
    }

    /// What a page did so far.
    pub fn of(&self, host: Host) -> BTreeSet<String> {
        self.only(|of| of == Some(host))
    }

    /// What was heard since it was last asked and says nothing of who it was.
    pub fn take_nameless(&self) -> BTreeSet<String> {
        let nameless = self.only(|of| of.is_none());
        self.heard.lock().expect("a list").retain(|(of, _)| of.is_some());
        nameless
    }

    fn only(&self, is_it: impl Fn(Option<Host>) -> bool) -> BTreeSet<String> {
        let heard = self.heard.lock().expect("a list");
        heard.iter().filter(|(of, _)| is_it(*of)).map(|(_, what)| what.clone()).collect()
    }
}

fn listen(heard: &Heard, how: impl FnOnce(&Heard) + Send + 'static) {
    let heard = Arc::clone(heard);
    // Ends with the process.
    thread::spawn(move || how(&heard));
}

fn note(heard: &Heard, host: Option<Host>, what: String) {
    heard.lock().expect("a list").push((host, what));
}

/// Answers every name of a page with its address; the browser's own questions lead nowhere.
fn answer_names(socket: &UdpSocket, heard: &Heard) {
    let mut bytes = [0; 1500];
    while let Ok((count, from)) = socket.recv_from(&mut bytes) {
        let Some(question) = Question::read(&bytes[..count]) else { continue };
        let host = Host::named(&question.name);
        if host.is_some() {
            note(heard, host, format!("asked for the name {}", question.name));
        }
        drop(socket.send_to(&question.answer(host.map(Host::address)), from));
    }
}

/// The first question of a message.
struct Question<'m> {
    message: &'m [u8],
    name: String,
    end: usize,
    is_for_ipv4: bool,
}

impl<'m> Question<'m> {
    fn read(message: &'m [u8]) -> Option<Self> {
        let mut at = 12;
        let mut labels = Vec::new();
        loop {
            let length = usize::from(*message.get(at)?);
            at += 1;
            if length == 0 {
                break;
            }
            let label = message.get(at..at + length)?;
            labels.push(String::from_utf8_lossy(label).to_ascii_lowercase());
            at += length;
        }
        let kind = message.get(at..at + 4)?;
        let is_for_ipv4 = kind.starts_with(&[0, 1]);
        Some(Self { message, name: labels.join("."), end: at + 4, is_for_ipv4 })
    }

    fn answer(&self, address: Option<Ipv4Addr>) -> Vec<u8> {
        let known = if address.is_some() { 0x80 } else { 0x83 };
        let told = address.filter(|_| self.is_for_ipv4);
        let mut answer = self.message[..2].to_vec();
        answer.extend([0x81, known, 0, 1, 0, u8::from(told.is_some()), 0, 0, 0, 0]);
        answer.extend(&self.message[12..self.end]);
        if let Some(address) = told {
            // The name of the question, an address, for no time at all.
            answer.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4]);
            answer.extend(address.octets());
        }
        answer
    }
}

fn take_calls(tcp: &TcpListener, heard: &Heard) {
    for stream in tcp.incoming().map_while(Result::ok) {
        let to = stream.local_addr().ok();
        let (host, port) = (to.and_then(|to| Host::at(to.ip())), to.map_or(0, |to| to.port()));
        note(heard, host, format!("connected to port {port}"));
        listen(heard, move |heard| note(heard, host, said(stream)));
    }
}

/// The first line of a request; the answer leaves a page that navigates where it is.
fn said(mut stream: TcpStream) -> String {
    // All of it: what is left unread would cost the answer.
    let mut begin = [0; 16 * 1024];
    drop(stream.set_read_timeout(Some(Duration::from_secs(20))));
    let count = stream.read(&mut begin).unwrap_or(0);
    let begin = String::from_utf8_lossy(&begin[..count]);
    let line = begin.lines().next().unwrap_or_default();
    let (kind, body) = if line.contains("/x.js") {
        ("200 OK\r\nContent-Type: text/javascript", "document.title = 'ran'")
    } else {
        ("204 No Content", "")
    };
    let answer = format!(
        "HTTP/1.1 {kind}\r\nAccess-Control-Allow-Origin: *\r\nConnection: close\r\n\r\n{body}"
    );
    drop(stream.write_all(answer.as_bytes()));
    match line.chars().next() {
        None => "said nothing".to_owned(),
        Some('\u{16}') => "sent the beginning of TLS".to_owned(),
        Some(_) => format!("sent {line}"),
    }
}

fn take_datagrams(socket: &UdpSocket, what: &str, heard: &Heard) {
    while let Ok((_, from)) = socket.recv_from(&mut [0; 1500]) {
        note(heard, None, format!("{what} from {}", from.ip()));
    }
}

/// What is asked of everybody on the cable. The browser must be able to listen there, too.
fn neighbours() -> UdpSocket {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP)).expect("a socket");
    socket.set_reuse_address(true).expect("a port that may be shared");
    let any = SocketAddr::from(([0, 0, 0, 0], 5353));
    socket.bind(&any.into()).expect("the port of mDNS");
    let group = Ipv4Addr::new(224, 0, 0, 251);
    socket.join_multicast_v4(&group, &Ipv4Addr::new(10, 77, 0, 1)).expect("the group of mDNS");
    socket.into()
}
