nas 1
// Digits are 8 x 8 images of one channel.

space colored {
  input x: image[32, 32, 3]
  output x |> conv(choose {8, 16}, 3) |> classifier(100)
}
search quick of colored { data digits(split: shuffled), strategy random, budget 10 trials }
