//! What texts are filled with: people, things, places, days and sums. The end of each list is held out of training.

use super::{Part, Split};
use crate::random::Random;

/// A list whose last `held_out` entries are never trained on.
pub struct Pool<T: 'static> {
    pub all: &'static [T],
    pub held_out: usize,
}

impl<T> Pool<T> {
    pub fn of(&self, part: Part) -> &'static [T] {
        let cut = self.all.len() - self.held_out;
        match part {
            Part::Train | Part::Open => &self.all[..cut],
            Part::HeldOut => &self.all[cut..],
        }
    }

    pub fn pick(&self, part: Part, random: &mut Random) -> &'static T {
        let part = self.of(part);
        &part[random.below(part.len())]
    }
}

pub const FIRST_NAMES: Pool<&str> = Pool {
    all: &[
        "Anna", "Ben", "Clara", "David", "Emma", "Felix", "Grace", "Henry", "Ida", "Jack", "Karen", "Leo", "Maria",
        "Noah", "Olga", "Paul", "Rosa", "Sam", "Tina", "Victor", "Wendy", "Yusuf", "Zoe", "Alan", "Bella", "Carl",
        "Dora", "Eric", "Fiona", "George", "Hanna", "Ivan", "Julia", "Kevin", "Laura", "Mark", "Nina", "Oscar",
        "Petra", "Robert", "Sara", "Tom", "Ursula", "Walter", "Alice", "Brian", "Carmen", "Dennis", "Eva", "Frank",
        "Gina", "Hugo", "Iris", "James", "Kate", "Lukas", "Mona", "Nils", "Olivia", "Peter", "Rita", "Simon", "Teresa",
        "Amir", "Priya", "Kenji", "Mei", "Omar", "Lena", "Jonas", "Marta", "Diego", "Ines", "Pavel", "Sofia", "Tariq",
        "Nadia", "Ravi", "Chloe", "Bruno", //
        "Agnes", "Boris", "Celine", "Dmitri", "Elena", "Farid", "Greta", "Hassan", "Ingrid", "Joel", "Katya", "Liam",
        "Mirela", "Nora", "Otto", "Paula", "Quentin", "Ruth", "Stefan", "Tamara",
    ],
    held_out: 20,
};

pub const LAST_NAMES: Pool<&str> = Pool {
    all: &[
        "Keller",
        "Smith",
        "Jones",
        "Brown",
        "Garcia",
        "Muller",
        "Rossi",
        "Novak",
        "Silva",
        "Martin",
        "Dubois",
        "Weber",
        "Costa",
        "Kim",
        "Tanaka",
        "Singh",
        "Khan",
        "Lopez",
        "Moreau",
        "Fischer",
        "Berg",
        "Hansen",
        "Larsen",
        "Nowak",
        "Popov",
        "Ivanov",
        "Jensen",
        "Meyer",
        "Wagner",
        "Becker",
        "Hill",
        "Wood",
        "Clark",
        "Lewis",
        "Young",
        "King",
        "Wright",
        "Scott",
        "Green",
        "Baker",
        "Adams",
        "Nelson",
        "Carter",
        "Parker",
        "Evans",
        "Turner",
        "Collins",
        "Stewart",
        "Morris",
        "Cook",
        "Bell",
        "Ward",
        "Watson",
        "Brooks",
        "Gray",
        "Price",
        "Bennett",
        "Ross",
        "Foster",
        "Perez",
        "Ramos",
        "Vega",
        "Ortiz",
        "Marino",
        "Greco",
        "Conti",
        "Lang",
        "Vogel",
        "Simon",
        "Horvat",
        "Kovac",
        "Nagy",
        "Toth",
        "Yilmaz",
        "Demir",
        "Chen",
        "Wang",
        "Lin",
        "Sato",
        "Mori", //
        "Abbott",
        "Bauer",
        "Castillo",
        "Dahl",
        "Eriksen",
        "Fontaine",
        "Gruber",
        "Haddad",
        "Iversen",
        "Jankovic",
        "Kaplan",
        "Lindqvist",
        "Medina",
        "Nakamura",
        "Olsen",
        "Petrov",
        "Quinn",
        "Richter",
        "Santos",
        "Thorne",
    ],
    held_out: 20,
};

pub const PRODUCTS: Pool<&str> = Pool {
    all: &[
        "lamp", "phone", "chair", "table", "camera", "jacket", "watch", "radio", "kettle", "printer", "keyboard",
        "bag", "tent", "blender", "mirror", "bike", "oven", "clock", "mixer", "toaster", "helmet", "speaker",
        "monitor", "carpet", "sofa", "router", "drill", "pillow", "backpack", "fan", //
        "heater", "guitar", "scarf", "scale", "stove", "tablet", "desk", "raincoat",
    ],
    held_out: 8,
};

/// Country, capital, continent. Of the held-out ones only wordy answers are trained.
pub const COUNTRIES: Pool<(&str, &str, &str)> = Pool {
    all: &[
        ("France", "Paris", "Europe"),
        ("Germany", "Berlin", "Europe"),
        ("Italy", "Rome", "Europe"),
        ("Spain", "Madrid", "Europe"),
        ("Portugal", "Lisbon", "Europe"),
        ("Austria", "Vienna", "Europe"),
        ("Poland", "Warsaw", "Europe"),
        ("Sweden", "Stockholm", "Europe"),
        ("Norway", "Oslo", "Europe"),
        ("Finland", "Helsinki", "Europe"),
        ("Greece", "Athens", "Europe"),
        ("Ireland", "Dublin", "Europe"),
        ("Hungary", "Budapest", "Europe"),
        ("Belgium", "Brussels", "Europe"),
        ("Japan", "Tokyo", "Asia"),
        ("China", "Beijing", "Asia"),
        ("India", "New Delhi", "Asia"),
        ("Thailand", "Bangkok", "Asia"),
        ("Vietnam", "Hanoi", "Asia"),
        ("Nepal", "Kathmandu", "Asia"),
        ("Turkey", "Ankara", "Asia"),
        ("Iran", "Tehran", "Asia"),
        ("Iraq", "Baghdad", "Asia"),
        ("Egypt", "Cairo", "Africa"),
        ("Kenya", "Nairobi", "Africa"),
        ("Ghana", "Accra", "Africa"),
        ("Morocco", "Rabat", "Africa"),
        ("Senegal", "Dakar", "Africa"),
        ("Peru", "Lima", "South America"),
        ("Chile", "Santiago", "South America"),
        ("Argentina", "Buenos Aires", "South America"),
        ("Colombia", "Bogota", "South America"),
        ("Ecuador", "Quito", "South America"),
        ("Canada", "Ottawa", "North America"),
        ("Cuba", "Havana", "North America"),
        ("Jamaica", "Kingston", "North America"),
        //
        ("Denmark", "Copenhagen", "Europe"),
        ("Croatia", "Zagreb", "Europe"),
        ("Romania", "Bucharest", "Europe"),
        ("Iceland", "Reykjavik", "Europe"),
        ("Mongolia", "Ulaanbaatar", "Asia"),
        ("Jordan", "Amman", "Asia"),
        ("Tunisia", "Tunis", "Africa"),
        ("Ethiopia", "Addis Ababa", "Africa"),
        ("Uruguay", "Montevideo", "South America"),
        ("Mexico", "Mexico City", "North America"),
    ],
    held_out: 10,
};

/// Cuisine and the words that its restaurants begin with.
pub const CUISINES: &[(&str, [&str; 4])] = &[
    ("Italian", ["Trattoria", "Osteria", "Bella", "Casa"]),
    ("French", ["Bistro", "Chez", "Brasserie", "Petit"]),
    ("Japanese", ["Sakura", "Sushi", "Umami", "Ramen"]),
    ("Mexican", ["Cantina", "Taqueria", "Fiesta", "Agave"]),
    ("Indian", ["Masala", "Tandoor", "Saffron", "Namaste"]),
    ("Greek", ["Taverna", "Olive", "Aegean", "Meze"]),
    ("Thai", ["Lotus", "Orchid", "Basil", "Mango"]),
    ("Chinese", ["Dragon", "Jade", "Bamboo", "Lantern"]),
];

/// Puts a word that does not exist in the place of one of the first `num_words` that are no placeholder, now and then and
/// in an open part, so that no single word is relied on.
pub fn blurred(template: &str, num_words: usize, part: Part, random: &mut Random) -> String {
    if part != Part::Open || random.chance(0.65) {
        return template.to_owned();
    }
    let mut words: Vec<String> = template.split(' ').map(str::to_owned).collect();
    let at = random.below(num_words.min(words.len()));
    if !words[at].contains(['{', '}', '\n']) {
        let mark: String = words[at].chars().rev().take_while(|letter| !letter.is_alphanumeric()).collect();
        let word = made_up(random);
        let is_upper = words[at].starts_with(char::is_uppercase);
        words[at] = format!("{}{mark}", if is_upper { word } else { word.to_lowercase() });
    }
    words.join(" ")
}

/// A full name. Most trained names are made up of syllables, so that names are copied and not remembered.
pub fn person(split: Split, random: &mut Random) -> String {
    if split.things != Part::HeldOut && random.chance(0.6) {
        return format!("{} {}", made_up(random), made_up(random));
    }
    format!("{} {}", FIRST_NAMES.pick(split.things, random), LAST_NAMES.pick(split.things, random))
}

pub fn first_name(split: Split, random: &mut Random) -> String {
    if split.things != Part::HeldOut && random.chance(0.5) {
        return made_up(random);
    }
    (*FIRST_NAMES.pick(split.things, random)).to_owned()
}

pub fn product(part: Part, random: &mut Random) -> String {
    thing(&PRODUCTS, part, random)
}

/// One of `known`, or in an open part sometimes a word that does not exist, so that things are copied, not remembered.
pub(super) fn thing(known: &Pool<&str>, part: Part, random: &mut Random) -> String {
    if part == Part::Open && random.chance(0.4) {
        return made_up(random).to_lowercase();
    }
    (*known.pick(part, random)).to_owned()
}

pub(super) fn made_up(random: &mut Random) -> String {
    const STARTS: &[&str] = &[
        "b", "c", "d", "f", "g", "h", "j", "k", "l", "m", "n", "p", "r", "s", "t", "v", "w", "z", "br", "ch", "dr",
        "fr", "gr", "kr", "pr", "st", "tr", "sh", "th", "sch", "",
    ];
    const VOWELS: &[&str] = &["a", "e", "i", "o", "u", "ai", "ei", "ia", "ou", "y"];
    const ENDS: &[&str] = &["", "", "", "n", "r", "l", "s", "t", "m", "nd", "rt", "ck", "ll", "ns", "x"];
    let num_syllables = [1, 1, 2, 2, 2, 3][random.below(6)];
    let mut name: String =
        (0..num_syllables).flat_map(|_| [random.pick(STARTS), random.pick(VOWELS), random.pick(ENDS)]).collect();
    if name.len() < 3 {
        name.push_str("ra");
    }
    capitalised(&name)
}

pub fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

pub const MONTHS: &[&str] = &[
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

pub fn date(random: &mut Random) -> String {
    let (day, month, year) = (random.between(1, 28), random.between(1, 12), random.between(2019, 2027));
    match random.below(3) {
        0 => format!("{day} {} {year}", MONTHS[month - 1]),
        1 => format!("{} {day}", MONTHS[month - 1]),
        _ => format!("{year}-{month:02}-{day:02}"),
    }
}

/// Dollars and cents, or whole dollars.
pub fn amount(random: &mut Random) -> String {
    let whole = match random.below(3) {
        0 => random.between(2, 99),
        1 => random.between(100, 999),
        _ => random.between(10, 4999),
    };
    if random.chance(0.6) { format!("{whole}.{:02}", random.below(100)) } else { whole.to_string() }
}
