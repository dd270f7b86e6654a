//! Model servers on this machine: looked for at the start where nobody chose an engine, and offered.

use crate::app::dialogs::Tone;
use crate::app::effect::SessionTask;
use crate::app::effects::Effects;
use crate::app::engine::EngineChoice;
use crate::app::session::Session;
use crate::inference::local_server::LocalServers;

/// After the first frame: what the library knows, and what is on this machine.
pub(super) fn load_startup(session: &mut Session, effects: &mut Effects) {
    session.start_task(SessionTask::LoadStartup, effects);
    if session.plan.engine_choice == EngineChoice::Nobody {
        session.start_task(SessionTask::FindLocalServers, effects);
    }
}

/// What was found is offered, and never chosen.
pub(super) fn on_local_servers_found(session: &mut Session, found: LocalServers) {
    if let Some(offer) = found.offer() {
        session.notify(Tone::Plain, offer);
    }
    session.served.local = Some(found);
}
