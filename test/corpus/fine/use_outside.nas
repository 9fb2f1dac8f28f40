nas 1

use "tiny.nas"
search mine of tiny { data digits(split: shuffled), budget 2 trials }
