#![deny(warnings, unreachable_pub, unused_qualifications, private_interfaces, private_bounds)]

mod core {}
mod std {}
mod alloc {}

mod made {
    pub(crate) type Shared<T> = ::std::sync::Arc<T>;

    #[derive(Clone)]
    pub(crate) struct Db;
    #[workflows::data]
    pub(crate) struct Cfg {
        pub size: u32,
    }

    pub(crate) fn db() -> Db {
        Db
    }
    pub(crate) async fn copies<const N: usize>(
        resources: workflows::Resources,
    ) -> Result<[Db; N], String> {
        let db: Db = resources.get(db).await.map_err(|error| error.to_string())?;
        Ok([(); N].map(|()| db.clone()))
    }
}

#[no_implicit_prelude]
#[allow(dead_code, non_camel_case_types)]
mod taken {
    use crate::made::{self, Cfg, Db, Shared};
    use ::workflows::{Start, Stop, step, workflow};

    struct Arc;
    struct Box;
    struct Ok;
    struct Err;
    struct Result;
    struct Option;
    struct Some;
    struct None;
    struct str;
    struct bool;
    struct Future;

    pub(crate) struct Flow;

    #[workflow]
    impl Flow {
        #[step]
        async fn work(
            &self,
            #[resource(made::db)] db: Shared<Db>,
            _: Start<u8>,
            #[resource(made::copies::<3>, cache = false)] copies: [Db; 3],
            #[resource(config = "app.toml", path = "db")] cfg: Shared<Cfg>,
        ) -> Stop<u32> {
            let _ = (db, copies);
            Stop(cfg.size)
        }

        #[step(blocking)]
        fn watch(&self, _: Start<u8>, #[resource(made::db)] _: Db) {}
    }
}

fn main() {
    drop(workflows::Workflow::run(taken::Flow, 1));
}
