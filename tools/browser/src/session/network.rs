//! What a session knows of the network: who judges what the browser sends, and what became of it.

use lamassu_contract::Judge;
use lamassu_egress::{Proxy, Traffic};

use super::{GLANCE, Session};
use crate::traffic;

impl Session {
    /// From now on `judge` judges what the browser sends by itself.
    pub(crate) fn under(&self, judge: &Judge) {
        if let Some(proxy) = &self.proxy {
            proxy.under(judge.clone());
            proxy.page(Some(&self.place.origin));
        }
    }

    /// Waits until something is refused on the network; says what.
    pub(crate) async fn refused(&mut self) -> Vec<String> {
        loop {
            let refused = self.untold();
            if !refused.is_empty() {
                return refused;
            }
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// Whether every request of the browser is judged on its way.
    pub(crate) fn pinned(&self) -> bool {
        self.proxy.is_some()
    }

    /// What went over the network since this was last asked.
    pub(crate) fn traffic(&mut self) -> Traffic {
        let traffic = self.proxy.as_ref().map(Proxy::traffic).unwrap_or_default();
        self.refused.extend(traffic::refused(&traffic));
        traffic
    }

    /// What was refused on the network and has not been told yet.
    pub(crate) fn untold(&mut self) -> Vec<String> {
        self.traffic();
        std::mem::take(&mut self.refused)
    }
}
