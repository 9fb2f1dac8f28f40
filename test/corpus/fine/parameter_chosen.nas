nas 1

space open {
  input x: image[8, 8, 1]
  let c = choose {8, 16}
  output x |> conv(c, choose k {3, 5}) |> classifier(10)
}
