mod events {
    #[workflows::event] struct Stop;
}

fn main() {}
