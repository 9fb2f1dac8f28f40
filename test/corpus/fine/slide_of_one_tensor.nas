nas 1

space sliding(c = 8) {
  input x: image[8, 8, 1]
  let stem = x |> conv(c, 3)
  output last((stem, stem) |> repeat choose n 1..2 { slide(normal(c)) }) |> classifier(10)
}
normal cell normal(p, q; c) = p + (q |> conv(c, choose k {3, 5}))
