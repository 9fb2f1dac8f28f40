nas 1

space colored {
  input x: image[8, 8, 1]
  output x |> conv(choose {8, 16}, 3) |> classifier(10)
}
search quick of colored { data digits(split: shuffled), strategy random, budget 10 trials }
