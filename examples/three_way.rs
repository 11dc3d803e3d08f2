//! Three different things at once: a step returns a tuple, so all of its events go out, each to its own step; a step
//! with three events as parameters runs when one of each has arrived.

use workflows::prelude::*;

#[event]
struct Weather {
    town: String,
}
#[event]
struct Trains {
    town: String,
}
#[event]
struct Rooms {
    town: String,
}

#[event]
struct Forecast(String);
#[event]
struct Departure(String);
#[event]
struct Room(String);

struct Trip;

#[workflow]
impl Trip {
    /// Asks for all three.
    #[step]
    async fn ask(&self, Start(town): Start<String>) -> (Weather, Trains, Rooms) {
        let weather = Weather { town: town.clone() };
        let trains = Trains { town: town.clone() };
        (weather, trains, Rooms { town })
    }

    #[step]
    async fn forecast(&self, Weather { town }: Weather) -> Forecast {
        Forecast(format!("sun in {town}"))
    }

    #[step]
    async fn departure(&self, Trains { town }: Trains) -> Departure {
        Departure(format!("the 8:12 to {town}"))
    }

    #[step]
    async fn room(&self, Rooms { town }: Rooms) -> Room {
        Room(format!("a room over the harbour of {town}"))
    }

    /// Joins the three answers, in whichever order they come.
    #[step]
    async fn plan(
        &self,
        Forecast(weather): Forecast,
        Departure(train): Departure,
        Room(room): Room,
    ) -> Stop<String> {
        Stop(format!("{train}, {room}, {weather}"))
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    println!("{}", Trip.run("Lisbon".to_owned()).await?);
    Ok(())
}
