//! A broken game is mended over the real wire, played in a real browser both times.

use std::process::Stdio;

use crate::cli::{Run, User};
use crate::fake::{Answer, Hub};

const BROKEN: &str = "<!doctype html>
<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">
<title>Lights</title></head><body>
<canvas id=\"c\" width=\"600\" height=\"400\"></canvas>
<script>
  const pen = document.getElementById('c').getContext('2d');
  let x = 100;
  addEventListener('keydown', (event) => { if (event.key === 'ArrowRight') x += 40; });
  function frame() {
    pen.fillStyle = '#123'; pen.fillRect(0, 0, 600, 400);
    pen.fillStyle = '#fc3'; pen.fillRect(x, 180, lightSize, 40);
    requestAnimationFrame(frame);
  }
  frame();
</script>
</body></html>
";

const LINE: &str = "    pen.fillStyle = '#fc3'; pen.fillRect(x, 180, lightSize, 40);";

fn block(replace: &str) -> Answer {
    Answer::chat_stream(&format!("<<<<<<< SEARCH\n{LINE}\n=======\n{replace}\n>>>>>>> REPLACE\n"))
}

/// One run of `new` with a play-test; nothing where there is no browser to play in.
fn play(answers: Vec<Answer>) -> Option<(User, Hub, Run)> {
    play_with_tries(answers, "2")
}

fn play_with_tries(answers: Vec<Answer>, tries: &str) -> Option<(User, Hub, Run)> {
    let lab = crate::play::lab()?;
    let (user, hub) = (User::new(), Hub::start(answers));
    let mut command =
        user.command(&["new", "lights", "--play-test", "--json", "-o", "lights.html"]);
    command.args(["--tries", tries]);
    command.env("HF_TOKEN", "hf_testtesttesttest").env("CODEAGENT_BASE_URL", hub.url());
    command.env("CODEAGENT_BROWSER", &lab.program).stdin(Stdio::null());
    command.env("PATH", std::env::join_paths(&lab.path).unwrap());
    let run = Run::of(command.output().unwrap());
    Some((user, hub, run))
}

#[test]
fn a_reference_error_is_fixed_in_one_round_and_shown_as_such() {
    let fixed = LINE.replace("lightSize", "40");
    let answers = vec![Answer::chat_stream(BROKEN), block(&fixed)];
    let Some((user, hub, run)) = play(answers) else { return };
    assert_eq!(run.code, 0, "{}", run.err);
    let told = run.json();
    assert_eq!(told["verdict"]["verdict"], "responds", "{told}");
    assert_eq!(told["fix"]["outcome"], "fixed");
    assert!(told["fix"]["usage"]["prompt_tokens"].as_u64().unwrap() > 0, "{told}");
    assert_eq!((&told["fix"]["before"], &told["game"]["version"]), (&"1.1".into(), &2.into()));
    assert!(
        run.err.contains("broken: ReferenceError: lightSize is not defined (line 11, in frame")
    );
    assert!(run.err.contains("fixed in one round"), "{}", run.err);
    let posts = hub.posts();
    assert_eq!(posts.len(), 2);
    let asked = &posts[1].body;
    assert!(asked.contains("at line 11 in frame: `pen.fillStyle = '#fc3'"), "{asked}");
    let page = user.read("lights.html");
    assert!(page.contains("fillRect(x, 180, 40, 40)") && !page.contains("lightSize"));
    let shown = user.run(&["library", "show", "1", "--json"]).json();
    let verdicts: Vec<_> =
        shown["versions"].as_array().unwrap().iter().map(|it| it["verdict"].clone()).collect();
    assert_eq!(verdicts, ["broken", "responds"]);
}

#[test]
fn what_one_round_does_not_fix_is_told_with_what_it_cost() {
    let still = LINE.replace("180", "181");
    let answers = vec![Answer::chat_stream(BROKEN), block(&still)];
    let Some((_, hub, run)) = play(answers) else { return };
    assert_eq!(run.code, 8, "{}", run.err);
    assert_eq!(run.json()["fix"]["outcome"], "same");
    assert!(run.err.contains("not fixed: the same error is there again"), "{}", run.err);
    assert!(run.err.contains(" tokens"), "{}", run.err);
    assert_eq!(hub.posts().len(), 2, "nothing is paid for a second round");
}

#[test]
fn it_is_tried_until_a_game_plays_and_the_file_is_that_game() {
    let still = LINE.replace("180", "181");
    let good = BROKEN.replace("lightSize", "40");
    let answers = vec![Answer::chat_stream(BROKEN), block(&still), Answer::chat_stream(&good)];
    let Some((user, hub, run)) = play_with_tries(answers, "6") else { return };
    assert_eq!(run.code, 0, "{}", run.err);
    let report = run.json();
    let tries = report["tries"].as_array().unwrap();
    let seen: Vec<_> = tries.iter().map(|it| (it["kind"].as_str(), it["grade"].as_str())).collect();
    let expected = [("first", "broken"), ("fix", "broken"), ("anew", "responds")];
    assert_eq!(seen, expected.map(|(kind, grade)| (Some(kind), Some(grade))));
    let posts = hub.posts();
    assert_eq!(posts.len(), 3, "and then nothing more is asked");
    let (first, anew) = (&posts[0].body, &posts[2].body);
    assert!(first.contains(r#""temperature":0.4,"top_p":0.9,"repeat_penalty":1.08"#), "{first}");
    assert!(!first.contains(r#""seed""#) && anew.contains(r#""temperature":0.3"#), "{anew}");
    assert!(anew.contains(r#""seed":"#) && anew.contains("An earlier answer failed"), "{anew}");
    assert!(!user.read("lights.html").contains("lightSize"), "the better game took the file");
    assert_eq!(user.files(), ["lights.html"]);
    assert_eq!(report["game"]["version"], 3, "each try is a version of one game");
    let [sums] = crate::library::library(&user).model_summaries().unwrap().try_into().unwrap();
    assert_eq!(
        (sums.jobs, sums.plays, sums.tries),
        (1, 1, 3),
        "what the model came to is remembered"
    );
    assert_eq!((sums.fixes.all, sums.fixes.helped), (1, 0));
}
