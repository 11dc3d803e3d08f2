//! Resources: a database and a search on top of it are made when a step first needs them, once for all runs, and closed
//! at the end.

use std::sync::Arc;

use workflows::{Closing, prelude::*};

#[data]
struct Settings {
    url: String,
}

struct Db {
    url: String,
}

struct Search {
    db: Arc<Db>,
}

impl Search {
    fn find(&self, word: &str) -> String {
        format!("{word} in {}", self.db.url)
    }
}

/// Connects; the runner closes the connection when it is shut down.
async fn connect(resources: Resources) -> Result<Closing<Db>> {
    let settings = resources.config::<Settings>("examples/resources.toml", "db");
    let url = settings.await?.url.clone();
    println!("connect to {url}");
    Ok(Closing::new(Db { url }, |db| async move {
        println!("disconnect from {}", db.url);
    }))
}

/// Needs the database, which is made first.
async fn make_search(resources: Resources) -> Result<Search> {
    let db: Arc<Db> = resources.get(connect).await?;
    Ok(Search { db })
}

#[event]
struct Found {
    place: String,
}

struct Finder;

#[workflow]
impl Finder {
    /// Looks for a word.
    #[step]
    async fn find(
        &self,
        Start(word): Start<String>,
        #[resource(make_search)] search: Arc<Search>,
    ) -> Found {
        Found {
            place: search.find(&word),
        }
    }

    /// Writes down where it was.
    #[step]
    async fn log(
        &self,
        found: Found,
        #[resource(config = "examples/resources.toml", path = "log.prefix")] prefix: Arc<String>,
    ) -> Stop<String> {
        Stop(format!("{prefix}{}", found.place))
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let runner = Runner::new(Finder);
    let runs = ["crab", "eel"].map(|word| runner.run(word.to_owned()).start());
    for run in runs {
        println!("{}", run.await?);
    }
    runner.shutdown().await?;

    let test = Db {
        url: "a test".to_owned(),
    };
    let runner = Runner::builder(Finder).resource(connect, test).build();
    println!("{}", runner.run("squid".to_owned()).await?);
    Ok(())
}
