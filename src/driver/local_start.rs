//! Starts a server for a model on this machine, or finds one that has it.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};

use super::local_model::LocalModelChoice;
use crate::config::LocalEngineSettings;
use crate::local::launch::{KEY_VARIABLE, LaunchPlan};
use crate::local::process_identity::ProcessIdentity;
use crate::local::server_process::{ServerCommand, ServerProcess};
use crate::local::server_record::{ServerLifetime, ServerRecord, ServerRecords};
use crate::local::{LocalError, MachineResources};

/// The context in tokens where nobody knows the memory.
const FORCED_CONTEXT: u32 = 16_384;

/// Whether a model may be started that the memory seems too small for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemoryCheck {
    /// It may not.
    Kept,
    /// It may: a graphics card has memory of its own.
    Skipped,
}

/// The server in use.
#[derive(Debug)]
pub(super) struct UsedServer {
    pub record: ServerRecord,
    /// `None` for one that another run started.
    pub process: Option<ServerProcess>,
    /// Whether it ends with this program.
    pub is_ours: bool,
}

impl UsedServer {
    /// Whether it runs.
    pub fn is_alive(&self) -> bool {
        match &self.process {
            Some(process) => process.exit_status().is_none(),
            None => self.record.server.is_alive(),
        }
    }

    /// Ends it. Blocks for a moment.
    pub fn end(&self) {
        match &self.process {
            Some(process) => process.end(),
            None => self.record.server.end(),
        }
    }
}

/// A server that has these weights and may be used. What should have ended is adopted or ended.
pub(super) fn find_running(
    records: &ServerRecords,
    choice: &LocalModelChoice,
    lifetime: ServerLifetime,
) -> Result<Option<UsedServer>, LocalError> {
    let mut found = None;
    for record in records.running() {
        let is_wanted = found.is_none() && record.weights == choice.weights;
        if record.is_orphan() {
            if !is_wanted {
                records.end(&record);
                continue;
            }
            let adopted = ServerRecord { lifetime, starter: ProcessIdentity::own(), ..record };
            records.write(&adopted).map_err(|error| folder_error(records, &error))?;
            let is_ours = lifetime == ServerLifetime::Program;
            found = Some(UsedServer { record: adopted, process: None, is_ours });
        } else if is_wanted && (lifetime, record.lifetime) != SHORTER {
            found = Some(UsedServer { record, process: None, is_ours: false });
        }
    }
    Ok(found)
}

/// A server that is to stay is not one that ends with another program.
const SHORTER: (ServerLifetime, ServerLifetime) =
    (ServerLifetime::UntilStopped, ServerLifetime::Program);

/// Starts a server, which then loads.
pub(super) fn start(
    settings: &LocalEngineSettings,
    choice: &LocalModelChoice,
    records: &ServerRecords,
    (lifetime, memory_check): (ServerLifetime, MemoryCheck),
) -> Result<UsedServer, LocalError> {
    let program = find_program(settings)?;
    let context = plan_context(settings, choice, memory_check)?;
    let broken = |error: std::io::Error| LocalError::Ended(error.to_string());
    let port = free_port().map_err(broken)?;
    let key = random_key().map_err(broken)?;
    let plan = LaunchPlan {
        weights: choice.weights.clone(),
        name: choice.name.clone(),
        context,
        template: choice.template.clone(),
        port,
    };
    let command = ServerCommand {
        launcher: std::env::current_exe().map_err(broken)?,
        program,
        arguments: plan.arguments(),
        variable: (KEY_VARIABLE, key.clone()),
        lifetime,
        log: records.create_log(port).map_err(|error| folder_error(records, &error))?,
    };
    let process = ServerProcess::start(command).map_err(broken)?;
    let record = ServerRecord {
        port,
        key,
        name: plan.name,
        weights: plan.weights,
        context,
        lifetime,
        server: process.identity,
        starter: ProcessIdentity::own(),
    };
    if let Err(error) = records.write(&record) {
        process.end();
        return Err(folder_error(records, &error));
    }
    Ok(UsedServer { record, process: Some(process), is_ours: true })
}

/// The context for the memory there is.
fn plan_context(
    settings: &LocalEngineSettings,
    choice: &LocalModelChoice,
    memory_check: MemoryCheck,
) -> Result<u32, LocalError> {
    let machine = MachineResources::read();
    let memory = choice.memory;
    let wanted = settings.context.map(|context| context.min(memory.max_context));
    let context = match wanted {
        Some(context) => Some(context).filter(|_| memory.need(context) <= machine.free_memory),
        None => memory.context_for(machine.free_memory),
    };
    let too_small = || LocalError::NoMemory {
        model: choice.name.clone(),
        need: memory.need(wanted.unwrap_or(memory.shortest_context())),
        free: machine.free_memory,
    };
    match memory_check {
        MemoryCheck::Kept => context.ok_or_else(too_small),
        MemoryCheck::Skipped => {
            Ok(context.or(wanted).unwrap_or(memory.shortest_context().max(FORCED_CONTEXT)))
        }
    }
}

/// The program to start: the one that the user names, else llama-server on the PATH.
///
/// # Errors
///
/// There is none.
pub fn find_program(settings: &LocalEngineSettings) -> Result<PathBuf, LocalError> {
    let file = |folder: &PathBuf, name: &Path| {
        let path = folder.join(name);
        let with_ending = path.with_extension(std::env::consts::EXE_EXTENSION);
        [path, with_ending].into_iter().find(|path| path.is_file())
    };
    let on_path = |name: &Path| settings.path.iter().find_map(|folder| file(folder, name));
    match &settings.program {
        Some(named) => {
            let is_path = named.components().count() > 1;
            let found = if is_path {
                Some(named.clone()).filter(|path| path.is_file())
            } else {
                on_path(named)
            };
            found.ok_or_else(|| LocalError::BadProgram(named.clone()))
        }
        None => on_path(Path::new("llama-server")).ok_or(LocalError::NoProgram),
    }
}

/// A port on loopback that is free now.
fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// 128 random bits as hexadecimal digits.
fn random_key() -> std::io::Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(std::io::Error::other)?;
    Ok(format!("{:032x}", u128::from_be_bytes(bytes)))
}

/// The error of a folder of records that cannot be written.
pub(super) fn folder_error(records: &ServerRecords, error: &std::io::Error) -> LocalError {
    LocalError::Disk { path: records.folder().to_owned(), why: error.to_string() }
}
