nas 1
// Wide layers get no kernel at all.

space guarded {
  input x: image[8, 8, 1]
  let width = choose {16, 32, 64}
  let k = choose {3 when width < 32, 5 when width < 64}
  output x |> conv(width, k) |> classifier(10)
}
