nas 1
// The second turn is answered, and does not exist.

space tiny {
  input x: image[8, 8, 1]
  let depth = choose 1..2
  output x |> repeat depth { conv(8, choose k {3, 5}) } |> classifier(10)
}
architecture best of tiny { depth = 1, tiny[0].k = 3, tiny[1].k = 5 }
