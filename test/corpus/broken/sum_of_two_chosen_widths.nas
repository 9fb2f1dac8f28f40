nas 1
// Both sides choose a width of their own; they agree only sometimes.

space twins {
  input x: image[16, 16, 3]
  let left  = x |> conv(choose a {16, 32}, 3)
  let right = x |> conv(choose b {16, 32}, 5)
  output left + right |> classifier(10)
}
