nas 1

space twins {
  input x: image[16, 16, 3]
  let width = choose {16, 32}
  let left  = x |> conv(width, 3)
  let right = x |> conv(width, 5)
  output left + right |> classifier(10)
}
