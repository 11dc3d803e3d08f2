//! Watches a run: a line for each thing that happens as it happens (`verbose`), and afterwards the course of the run.
//!
//! `cargo run --example watch` prints the timeline, `cargo run --example watch FOLDER` also writes `run.svg`, `.mmd` and
//! `.dot`: the picture of what happened.

use std::{fs, io, path::Path, time::Duration};

use workflows::{History, prelude::*};

#[event]
struct Page(u64);
#[event]
struct Words {
    page: u64,
    count: u64,
}
#[event]
struct Sum(u64);
#[event(human_response)]
struct Approval;

struct Count;

/// Counts the words of a book, and asks whether that is right.
#[workflow]
impl Count {
    /// Opens the book.
    #[step]
    async fn open(&self, Start(pages): Start<u64>) -> Vec<Page> {
        (1..=pages).map(Page).collect()
    }

    /// Counts the words of a page. The second page can be read at the second try only.
    #[step(num_workers = 2, retry = Retry::fixed(Duration::from_millis(30)).max_attempts(3))]
    async fn read(&self, ctx: Context, Page(page): Page) -> Result<Words> {
        tokio::time::sleep(Duration::from_millis(10 * page)).await;
        if page == 2 && ctx.attempt().number() == 1 {
            return Err("the page sticks to the next one".into());
        }
        let count = 100 + page;
        Ok(Words { page, count })
    }

    /// Adds them up.
    #[step]
    async fn add(&self, words: Vec<Words>) -> Sum {
        Sum(words.iter().map(|words| words.count).sum())
    }

    /// Waits until somebody has looked at the sum.
    #[step]
    async fn approve(&self, Sum(sum): Sum, human: Waiter<Approval>) -> Result<Stop<u64>> {
        human.wait().await?;
        Ok(Stop(sum))
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let runner = Runner::builder(Count)
        .verbose(true)
        .record_history(true)
        .build();
    let mut run = runner.run(4).start();
    tokio::time::sleep(Duration::from_millis(150)).await;
    run.send_event(Approval)?;
    let words = (&mut run).await?;
    println!("{words} words\n");
    if let Some(history) = run.history() {
        print!("{}", history.to_text());
        if let Some(folder) = std::env::args_os().nth(1) {
            draw(&history, folder.as_ref())?;
        }
    }
    Ok(())
}

fn draw(history: &History, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    #[cfg(feature = "svg")]
    fs::write(folder.join("run.svg"), history.to_svg())?;
    fs::write(folder.join("run.mmd"), history.to_mermaid())?;
    fs::write(folder.join("run.dot"), history.to_dot())
}
